package dialect

import (
	"github.com/prom-go/prom/schema"
)

// Expression writes parts of queries. The argument expr is SQL: a quoted column, qualified or not.
type Expression interface {
	// Arg returns the placeholder of one argument of that kind, with a cast where the engine could not know its type.
	Arg(k schema.Kind) string

	// ArgOf returns the placeholder of one argument that is stored in the column.
	ArgOf(c *schema.Column) string

	// Compared returns the placeholder of one argument that the Operand of a column is compared with.
	Compared(c *schema.Column) string

	// Stored returns expr, a value in the form that this library gives the column's kind, in the form that the column
	// has, and Canonical the reverse, of a column that is written as expr. Operand, Compared, In, InKeys, DatePart,
	// ArgOf and Bulk handle a column's form themselves; all others treat a column as canonical.
	Stored(c *schema.Column, expr string) string
	Canonical(c *schema.Column, expr string) string

	// Instant returns a day as the instant at which it begins in UTC, and Day the day of an instant in UTC. Both take
	// canonical values.
	Instant(expr string) string
	Day(expr string) string

	// Typed returns the placeholder of one argument of that kind where nothing beside it tells its type, as in a list
	// of columns.
	Typed(k schema.Kind) string

	// Operand returns expr in a form whose comparisons and order are those of the column's kind, such as an exact
	// number that is stored as text.
	Operand(c *schema.Column, expr string) string

	// Branch returns the condition of a branch of CASE, so that nothing in it says how the result of the CASE is
	// compared.
	Branch(cond string) string

	// In returns the condition that expr, an Operand, is one of the elements of a list, the one argument; not negates
	// it. An empty list holds nothing, for NULL too.
	In(c *schema.Column, expr string, not bool) string

	// InKeys returns the condition that columns together are one of a list of keys, whose parts are arguments: for each
	// column a list, as In takes it, all of the same length. The exprs are the columns as they are written, or other
	// expressions of their kinds.
	InKeys(cols []*schema.Column, exprs []string) string

	// Elements returns what stands in FROM for the elements of a list, the one argument, in a column v of rows called
	// name, which is quoted. The list is one that In takes for the column.
	Elements(c *schema.Column, name string) string

	// EqualTexts returns a query that numbers texts, the elements of a list that is its one argument, in their order:
	// those that are equal in a column get the same number. It is "" where nocase ignores the case of A to Z and
	// nothing else.
	EqualTexts(table, column string) string

	// Match returns the condition that expr matches a pattern, the one argument, which Pattern has made.
	Match(c *schema.Column, expr string, m Match, fold, not bool) string

	// Pattern returns the argument of Match for a value. Fold ignores the case of the letters A to Z.
	Pattern(m Match, fold bool, value string) string

	// DatePart returns an integer expression for a part of a column of kind Time or Date.
	DatePart(p DatePart, c *schema.Column, expr string) string

	// Add returns expr plus one argument, or less it when minus is set, for a column that is a number. A result that
	// the column cannot hold is an error of the database, not another number.
	Add(c *schema.Column, expr string, minus bool) string

	// Fit returns expr, which computes a new value for the column, so that a result that the column cannot hold is an
	// error of the database, not another number.
	Fit(c *schema.Column, expr string) string

	// Call returns the call of a function on SQL expressions, in their order, each used once unless it has no
	// arguments. The column says what kind of value the first one is.
	Call(fn Func, c *schema.Column, args []string) string

	// Aggregate returns the call of an aggregate on an expression of the column's kind, or a combination that the
	// engine does not have, as an error. All of the call, with its FILTER and its OVER, takes the place of %s in as,
	// unless that is "".
	Aggregate(fn Func, c *schema.Column, distinct bool, arg string) (call, as string, err error)

	// Bulk returns the statements that insert many rows of the given columns, all of the table but the key when that,
	// one column of integers, is left to the database. They have numbered placeholders where the engine wants them. An
	// engine that has none inserts one row after the other.
	Bulk(t *schema.Table, cols []*schema.Column, key *schema.Column) Bulk

	// TextSearch returns a use of a full-text index on a table in a query, whose rows are called rows, which is quoted;
	// column returns a column by its name as the query writes it, and alias a name that is free. TextArgs returns its
	// arguments.
	TextSearch(s *TextSearch, t *schema.Table, rows string, column func(name string) string,
		alias func() string) (string, error)
	TextArgs(s *TextSearch) []schema.Value

	// TextRow returns what a query of rows of the table selects besides columns so that another one can search in them;
	// "" for nothing.
	TextRow(t *schema.Table, rows string) string

	// Lock returns the clause behind a query that locks the rows that are called of, which is SQL; "" where there is
	// none.
	Lock(l Lock, w LockWait, of string) string

	// Page returns the clause that limits a result, with one argument for the limit if there is one and then one for
	// the offset if there is one.
	Page(limit, offset bool) string
}
