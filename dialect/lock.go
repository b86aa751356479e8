package dialect

// Lock is the row lock that a SELECT takes until the end of the transaction; see PostgreSQL's manual, section
// "Row-Level Locks".
type Lock uint8

// The locks, the weakest first.
const (
	NoLock          Lock = iota // no lock
	LockKeyShare                // FOR KEY SHARE
	LockShare                   // FOR SHARE
	LockNoKeyUpdate             // FOR NO KEY UPDATE
	LockUpdate                  // FOR UPDATE
)

// LockWait says what a SELECT with a row lock does about rows that another transaction has locked.
type LockWait uint8

// The values of LockWait.
const (
	LockWaits  LockWait = iota // waits until the other transaction ends
	SkipLocked                 // skips the rows (SKIP LOCKED)
	NoWait                     // fails at once (NOWAIT)
)
