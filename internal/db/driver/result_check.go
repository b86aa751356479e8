package driver

// ResultChecker is asked about the result of a statement that writes, before the statement is sent, where the database
// tells the types of a result by then: PostgreSQL does. What cannot be read is refused without anything having
// happened.
type ResultChecker interface {
	// ReadBy returns what tells this way of reading from others, comparable: a statement is checked once for each.
	ReadBy() any
	// CheckResult returns an error when a column cannot be read, and otherwise the columns, by their [ColumnBit], of
	// which some values cannot.
	CheckResult(r ResultTypes) (risky uint64, err error)
}

// ResultTypes are the types of a result, in the form of a row. What reads a column gets an error in any case: one that
// [ResultTypes.Readable] knows when the column's type can be read so.
type ResultTypes interface {
	Rows
	// Readable reports whether the error of a column says that its type can be read.
	Readable(err error) bool
	// WireType returns the OID of a column's type, and whether its values are in the binary format.
	WireType(i int) (oid uint32, binary bool)
	// NotNull reports whether a column of the table does not hold NULL.
	NotNull(i int) bool
}

// ColumnBit is the bit for a column of a row, by its place, in Statement.Kept. Those that are too many share the last.
func ColumnBit(i int) uint64 { return 1 << min(i, 63) }

// Refuser is rows of a statement that can be undone.
type Refuser interface {
	// Refuse has Close undo the statement.
	Refuse()
}

// Refuse has the end of the rows undo their statement, whose result could not be read.
func Refuse(rows Rows, st *Statement) {
	if r, ok := rows.(Refuser); ok && st.Undo {
		r.Refuse()
	}
}

// Commits reports whether rows are those of a write that is committed whatever becomes of them.
func Commits(rows Rows) bool {
	r, ok := rows.(interface{ Commits() bool })
	return ok && r.Commits()
}
