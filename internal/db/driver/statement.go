package driver

import "github.com/prom-go/prom/schema"

// Statement is a statement to run: its text, its typed arguments, and what the connection must know about it.
type Statement struct {
	SQL   string
	Args  []schema.Value
	Op    string // what it does, for messages: "insert"
	Table string // the table that it is about, for messages
	Write bool   // it changes something, so a read-only connection refuses it and SQLite runs it on the writer
	// its text is the caller's: without Write it may write all the same, and then SQLite runs it on the writer too
	Raw   bool
	Guard Guard
	// it is run again: what connections have prepared is not used, and a SQLite write shares no transaction; ignored in
	// a transaction
	Fresh bool

	Stores Stores // of an insert of a row: whether one must be stored

	DDL     bool  // it changes the schema
	Attempt uint8 // how often it has been run before

	Check ResultChecker // of a write that returns rows: looks at its result before it is sent; nil for none
	Undo  bool          // of such a one: when its rows cannot be read it is undone
	Kept  uint64        // of such a one: the columns of its rows that it may not have set, see ColumnBit

	Read Reader // who answers it, of what only reads for the program
	Log  *Log   // what it asks about the log; nil for nothing

	Comment Comment // behind its text, for who watches the server

	Batched  Batched // of a batch: what becomes of its rows
	Changed  int64   // set by a batch, and when Counted: how many rows the statement returned, or changed
	Counted  bool    // somebody wants to know Changed
	Tell     bool    // of an insert that may update a row instead: say which, where the dialect has no expression for it
	Inserted bool    // the answer
	LastKey  int64   // set by Exec, where the dialect's feature LastKey is: the key of the row that was inserted last
}

// Reader says who answers a read.
type Reader uint8

// Who answers.
const (
	NoReader    Reader = iota // it is no read of the program's
	AnyReader                 // a standby may answer it
	PrimaryOnly               // the primary answers it
)

// Batched says what becomes of the rows of a statement in a batch.
type Batched uint8

// What becomes of rows.
const (
	BatchRows   Batched = iota // they are read
	BatchCount                 // there are none: the statement is run as Exec does
	BatchJudged                // their reader may refuse them, so that nothing is committed before they have been read
	// they are of tables that are known to be there: when all are such, a batch in a transaction has no savepoint
	BatchKnown
)

// Stores says what an insert stores, which a trigger or a rule of the database may keep it from.
type Stores uint8

// What stores a row.
const (
	StoresNothing Stores = iota // it is no insert of one row
	StoresInsert                // an INSERT: when no row is stored, that is an error
	StoresUpsert                // an INSERT that updates a row that is there: likewise
	MayStore                    // an INSERT that may leave a row that is there alone
)

// Must reports whether it is an error when no row is stored.
func (s Stores) Must() bool { return s == StoresInsert || s == StoresUpsert }

// Meets reports whether an insert does something else when the row is there.
func (s Stores) Meets() bool { return s == StoresUpsert || s == MayStore }

// Stored returns the error of a statement that returns no rows and should have stored some.
func (st *Statement) Stored(n int64) error {
	if st.Stores.Must() && n == 0 {
		return NotStored(st.Op, st.Table)
	}
	return nil
}

// Guard says how a statement inside a transaction is protected, on engines where an error refuses everything that
// follows it in the transaction. Other engines need no protection and ignore it.
type Guard uint8

// The guards.
const (
	NoGuard      Guard = iota
	GuardData          // a savepoint in the same round trip: for errors of the data, such as a unique violation
	GuardMissing       // a savepoint in a round trip of its own: for a table or column that may be missing too
)

// MayWrite reports whether a statement may change something.
func (st *Statement) MayWrite() bool { return st.Write || st.Raw }
