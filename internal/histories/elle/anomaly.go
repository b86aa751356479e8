package elle

import (
	"fmt"
	"strings"
)

// The names of anomalies. Those that are cycles have a second form, whose name ends in [RealTime], with steps that only
// time tells.
const (
	Internal          = "internal"           // a transaction did not read its own appends
	Garbage           = "garbage-read"       // a value was read that was never appended
	Duplicate         = "duplicate-elements" // a value was read twice in one list
	IncompatibleOrder = "incompatible-order" // of two reads of a list none is a prefix of the other
	StaleRead         = "stale-read"         // a read lacks what was committed before, such as a lost append
	G1a               = "G1a"                // aborted read: of a value that was rolled back, savepoints included
	G1b               = "G1b"                // intermediate read: of a list between two appends of another transaction
	G0                = "G0"                 // write cycle: of ww alone
	G1c               = "G1c"                // circular information flow: of ww and wr
	GSingle           = "G-single"           // with one rw, as of a lost update, or of a read that is no snapshot
	GNonadjacent      = "G-nonadjacent"      // with several rw, of which no two follow each other
	G2Item            = "G2-item"            // with several rw, as of write skew

	RealTime = "-realtime"
)

// Anomaly is something in a history that no serial execution can have given.
type Anomaly struct {
	Name string
	Txns []int  // that take part, in the order of the cycle if it is one
	Why  string // in words
}

// Describe returns the anomaly with its transactions.
func (a *Anomaly) Describe(history []Txn) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", a.Name, a.Why)
	for _, no := range a.Txns {
		fmt.Fprintf(&b, "\n  T%d: %v", no, &history[no])
	}
	return b.String()
}

// Level is an isolation level.
type Level string

// The levels, as PostgreSQL means them on one server; SQLite has the last. All of them heed time: a transaction sees
// what was committed before it began.
const (
	ReadCommitted Level = "read committed"
	Snapshot      Level = "repeatable read" // snapshot isolation
	Serializable  Level = "serializable"
)

// Forbids reports whether transactions of the level may not have an anomaly of that name.
func (l Level) Forbids(name string) bool {
	switch name, _ := strings.CutSuffix(name, RealTime); name {
	case GSingle, GNonadjacent:
		// Under snapshot isolation a cycle has two rw in a row (Fekete et al., "Making Snapshot Isolation Serializable",
		// 2005). The proof rests on when transactions begin and commit, so steps of time change nothing.
		return l != ReadCommitted
	case G2Item:
		// PostgreSQL breaks each pair of rw in a row whose last transaction is the first to commit (Ports and Grittner,
		// "Serializable Snapshot Isolation in PostgreSQL", 2012). Each cycle has one, by the same proof.
		return l == Serializable
	}
	return true
}
