extension ExitStatus {
    /// What they mean of each command, besides 1 for an error and 64 for wrong usage: help and docs/exit-statuses.md are made of this.
    static let commands: KeyValuePairs<String, KeyValuePairs<Int32, String>> = [
        "demo": [0: "lost 0, re-read 0", 1: "otherwise"],
        "sandbox": [0: "ended by SIGINT or SIGTERM"],
        "sandbox tell": [0: "done", 1: "not done"],
        "doctor": [0: "fit", 3: "a check failed (or warned, with --fail-on warn)"],
        "status": [0: "fit for a failover", 3: "a check failed (or warned, with --fail-on warn); with --permissions: a right is missing", 1: "it could not be looked at"],
        "serve": [0: "ended by SIGINT or SIGTERM"],
        "groups": [0: "shown"],
        "explain": [0: "shown"],
        "translate": [0: "every position has an answer", 5: "some are unknown"],
        "verify": [
            0: "nothing is wrong", 3: "a position is AHEAD or not matched; with --audit records are missing, different, out of order, or there is nothing in common",
            5: "something could not be told",
        ],
        "syncs": [0: "read; --follow was ended by SIGINT or SIGTERM"],
        "checkpoints": [0: "read; --follow was ended by SIGINT or SIGTERM"],
        "heartbeats": [0: "read; --follow was ended by SIGINT or SIGTERM"],
        "mirror": [0: "stopped by SIGINT or SIGTERM, drained", 5: "so, but some partitions were not mirrored on (they are listed, and in each progress line)"],
        "capture": [
            0: "stopped by SIGINT or SIGTERM, or the one round is done", 3: "refused: nothing to capture, or the topic is somebody else's or another one",
            6: "--once was interrupted",
        ],
        "plan": [
            0: "planned", 2: "with --detailed-exitcode: it would change something", 3: "with --detailed-exitcode: a check says no",
        ],
        "drill": [
            0: "passed", 3: "a position is AHEAD, not matched or missing, a cutover would have been refused, or a limit was exceeded",
            5: "something could not be told, or cleaned up", 6: "interrupted, and cleaned up",
        ],
        "cutover": carried,
        "apply": carried,
        "resume": [
            0: "all that was left is done", 3: "refused as a cutover is, or no group could be moved", 4: "what the rest of the plan stands on has changed",
            5: "some groups are moved, some are not", 6: "the target's alias was not typed",
        ],
        "rollback": [
            0: "put back, or nothing to put back", 3: "refused as a cutover is, or no group could be put back", 5: "some groups are put back, some are not",
            6: "the target's alias was not typed",
        ],
        "failback plan": [0: "every position is planned", 3: "which offset syncs are whose can't be told", 5: "some positions are not planned"],
        "journal list": [0: "shown"],
        "journal show": [0: "shown"],
        "journal check": [0: "unbroken", 1: "a line was changed, left out or put in", 5: "unbroken, without an end: interrupted, live, or cut off"],
        "journal fetch": [0: "brought back, or listed"],
        "runbook list": [0: "shown"],
        "runbook show": [0: "shown"],
        "runbook validate": [0: "all are runbooks", 1: "something is wrong"],
        "runbook run": [
            0: "completed", 3: "stopped at a step that failed, or rolled back; with --dry-run: a run would meet a failure", 5: "rolled back in part",
            6: "declined", 7: "paused or interrupted",
        ],
        "runbook resume": [0: "completed", 3: "stopped at a step that failed, or rolled back", 5: "rolled back in part", 6: "declined", 7: "paused or interrupted"],
        "runbook report": [0: "printed"],
    ]

    private static let carried: KeyValuePairs<Int32, String> = [
        0: "moved, or nothing to move", 3: "refused by a check, by another run, or for want of a terminal to ask on; or no group could be moved",
        4: "what the plan stands on has changed: nothing was moved", 5: "some groups or positions are not moved, or were left out",
        6: "the target's alias was not typed",
    ]
}
