package dialect

// Lock is how strongly rows that are read are locked until the end of the transaction; see PostgreSQL's manual, section
// "Row-Level Locks".
type Lock uint8

// The locks, the weakest first.
const (
	NoLock Lock = iota
	LockKeyShare
	LockShare
	LockNoKeyUpdate
	LockUpdate
)

// LockWait is what to do about rows that others have locked.
type LockWait uint8

// The ways.
const (
	LockWaits  LockWait = iota // for the other transaction to end
	SkipLocked                 // leave the rows out
	NoWait                     // fail at once
)
