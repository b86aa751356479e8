package dialect

// Bulk are the statements that insert many rows with the same columns. If the database generates the key, it is one
// integer column. A statement that the engine does not have is "".
type Bulk struct {
	// Rows inserts as many rows as it says in Each, which get keys that follow one another. Its arguments are the rows'
	// values. Greatest returns the greatest key of the table: that of the last row, unless SQLite has come to the end of
	// its numbers.
	Rows, Greatest string
	Each           int

	// Lists inserts as many rows as its arguments, a list for each column, have elements, in their order, and returns the
	// key of each in that order, or nothing when the key is not left to the database.
	Lists string

	// Unnested is the query of the rows of Lists, with a ? for each list, for statements that do more with them than
	// insert. It is "" when a column's values cannot be elements of a list as they are.
	Unnested string

	// Copy reads rows in the engine's own form: the columns', behind the key when that is left to the database. Shape is a
	// query with the same columns, by which their types are learnt. Keys reserves as many keys as its argument says and
	// returns them as one array.
	Copy, Shape, Keys string

	// OverLists and OverShape are Lists and Shape for rows whose identity columns are given also where they are GENERATED
	// ALWAYS, as a dump has them. Preparing Shape fails where one of them is. They are "" where there is no difference.
	OverLists, OverShape string
}
