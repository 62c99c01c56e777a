/// Made for these tests alone: a certificate from 2026-11-26 to 2056-11-25, its key, plain and by the password "swordfish", both as a store
/// by that password, and the key of another.
enum CredentialSamples {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBeTCCAR+gAwIBAgIUFyDFP5b+aoTPSAtSx2jGWKUnyNkwCgYIKoZIzj0EAwIw
        ETEPMA0GA1UEAwwGY2xpZW50MCAXDTI2MTEyNjA5NDkyOFoYDzIwNTYxMTI1MDk0
        OTI4WjARMQ8wDQYDVQQDDAZjbGllbnQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AAS4DIyaWSCdT9WUs0r14AitIOJdx8uiny+9+Xi9wHoZHZiESif9jXiIjZgwnF9U
        JNqHYSfZvKhQ0wJB0UuNlLWmo1MwUTAdBgNVHQ4EFgQUX0ztnoPQIdrqhkhT+p0T
        YZLBCd0wHwYDVR0jBBgwFoAUX0ztnoPQIdrqhkhT+p0TYZLBCd0wDwYDVR0TAQH/
        BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBsriPBfNBx2dWQ+OLiwlnQ3ZKjbB2G
        vcWlLixjpZjhRwIhAL2WHS6QLFG3ZLGbPp/pSepndGQ9+AvdDpso9e20dhBc
        -----END CERTIFICATE-----

        """
    static let key = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIKtkMcftbqnGAQ5vjgTVWWcdH8303DoljvrH9/kv7Y4+oAoGCCqGSM49
        AwEHoUQDQgAEuAyMmlkgnU/VlLNK9eAIrSDiXcfLop8vvfl4vcB6GR2YhEon/Y14
        iI2YMJxfVCTah2En2byoUNMCQdFLjZS1pg==
        -----END EC PRIVATE KEY-----

        """
    static let encryptedKey = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhgOryb7/tiUwICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEO+fHG3AaN0STRiIF0LMdq8EgZAQ
        mPgf+okqBqIBUh0l8CuTedk0fP5QJ4ezpJ6YMnTHv6EnVR1fIq4n2sY7R3pD3cDy
        F5A5INtjGcoXVSHvkj3KUAZiZnTS2oZKaaa/s+m5y4lJXJT747NhTVPB/5NSqzmN
        9LG+wcca+IXLVTDZ/cWvZqPtq8k1PHDSk/U0cQkRW3QuqN98Fc1n3oMxy+W6wZA=
        -----END ENCRYPTED PRIVATE KEY-----

        """
    static let otherKey = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEID7cKe2+nU11HrPcSTiuxZ01zq+MXSpNcn1fK/FoUS/XoAoGCCqGSM49
        AwEHoUQDQgAEqX0BPmbD3hVQckzehXQff12VbmVJNPV5P706elVMh6PaTquNzwYj
        4eSWKBfQDD3lqBdg4wGAtZTllBdtXgWn/Q==
        -----END EC PRIVATE KEY-----

        """
    /// PKCS#12, in base64.
    static let store = """
        MIIEDAIBAzCCA8IGCSqGSIb3DQEHAaCCA7MEggOvMIIDqzCCAmIGCSqGSIb3DQEH
        BqCCAlMwggJPAgEAMIICSAYJKoZIhvcNAQcBMFcGCSqGSIb3DQEFDTBKMCkGCSqG
        SIb3DQEFDDAcBAhwKDbDZxMk0QICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQME
        ASoEEKYVBvUFeY7rjiyizUOUz8CAggHgmRVJvN4XptU/caeqwCPx87e8Mk2o9LC2
        ovO7Ia5LlPseZa5aLs3Gk9TSRP/xJkOMqSP4l3qy7L5jQCxl1nUBaEUDe7no7dml
        8MHvQA1sR5Ir+dWa1iGXV0tfrxSySU1K0xatZmRsv6YU6KE1Slp8H3nXE19Yii8t
        AYEQwjOnfZ0PR385atlMRYFgfDUrUVWQuw2XMNmtdQZA9xOvc/AD/5E4Cgd/vq3h
        dYTLvsb/S4h37RFF20s7eOPsk7A59d9rwW9IGdU2yApL99IzQT/dHs1Tdm1ep0xP
        mRaclSbT7ON/YI5pg1BhRSiv7gIxTZKaY3rK1cur4lrrmPw1UdG+ctHOILpuYNbH
        3+sxEjyJcLhUENB0c9ju9eUxOLvUsfooLgpCEzp6m39luS1Tmr2ahRG0REfGV1OI
        A49KtDdwpMsL5BsshH+WYKxLpdHcUab4DQ4fq4HTkhcvbZlOrm3LuYoDng6Gc5AQ
        pfBW7aJf5mWbdMIID91hC58Y4ORTVkpN9o3j0S1DFQe7CTBvFE8MzxgW269svFCQ
        l7Osr06RvpD6AY99ocNoBxBOVWwmoY0LZ/vL/9gpW6ji7ZTdeM5A132eEl4/H9Ol
        7DIbF71DFkpxeoK1Xbh8uor2ltGDu1Z+MIIBQQYJKoZIhvcNAQcBoIIBMgSCAS4w
        ggEqMIIBJgYLKoZIhvcNAQwKAQKgge8wgewwVwYJKoZIhvcNAQUNMEowKQYJKoZI
        hvcNAQUMMBwECLTfWWJU7XcXAgIIADAMBggqhkiG9w0CCQUAMB0GCWCGSAFlAwQB
        KgQQPLUxUVwb0IyVymQjTACRZgSBkIs9LhHqAtuTuLWFaGNo1nGxv9HnS5XEbLqZ
        3rWhmbSAw71m+K8b2OxalLaI2fyNjgJmU4y8pltI77pLavFytpttz9BdgVVUPVpZ
        WgL97jLiq/oxaK+18znXplfUAIdoPevZyieH+ZBYlps1/NL7QB3tCyrAdSUHiZvU
        sh0Xup8W8EP5A4LyR/VYpStK7ggCdjElMCMGCSqGSIb3DQEJFTEWBBSbcbtOQnAN
        tnPqVh0TpXO3zhHFwjBBMDEwDQYJYIZIAWUDBAIBBQAEIPfc/+ZZeqBvCA0Lc6UR
        xIJEKsd5kmBJkO64ozUoJV0tBAhctz6PZC1AOAICCAA=
        """

    /// Seconds since the epoch.
    static let validFrom: Int64 = 1_795_686_568
    static let validTo: Int64 = 2_742_371_368
}
