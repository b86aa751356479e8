package dialect

import (
	"time"

	"github.com/prom-go/prom/schema"
)

// Dialect is how one database engine writes SQL. A Dialect is pure: text in, text out, no I/O, no state, safe for
// concurrent use. Statements carry a question mark for each argument; [Dialect.Features] says what the engine wants
// instead. Every identifier that a Dialect takes is unquoted and every one that it writes is quoted.
type Dialect interface {
	// Name returns "postgres" or "sqlite". It is for messages; decisions are made by Features.
	Name() string
	Features() Features

	// Quote returns name as a quoted identifier, quotes inside it doubled.
	Quote(name string) string

	// Table returns the name of a table as [schema.Table] has it as it is written where SQL names a table: quoted, with
	// its schema if it has one.
	Table(name string) string

	// Target returns the name of a table as it is written behind REFERENCES.
	Target(name string) string

	// Index returns the name of an index of a table as it is written in SQL, and IndexOn that and the table's as they
	// are written in CREATE INDEX. An index lies in the schema of its table.
	Index(table, name string) string
	IndexOn(table, name string) (index, on string)

	Definition
	Altering
	Expression
	Introspection
	Forming
	Watching
	Auditing
	Partitioning
}

// Definition writes DDL.
type Definition interface {
	// ColumnType returns the type of a column, with its collation.
	ColumnType(c *schema.Column) string

	// HasSchema returns a query for whether (boolean) a schema exists, in which tables can be made, and CreateSchema
	// the statement that makes it. They are "" where statements make none.
	HasSchema(space string) string
	CreateSchema(space string) string

	// Unseen returns a query for whether (boolean) there is a table or an index of a name that the transaction does not
	// see, because it is newer than the transaction's snapshot; "" for the name asks whether there may be such things. It
	// is "" where transactions see all that they may meet.
	Unseen(name string) string

	// CreateTable returns the statements that make the table without its indexes; they fail if it exists. A foreign key
	// is included when inline says so for its column; the others are added by AddReference when the target exists, and
	// those of several columns by AddForeignKey.
	CreateTable(t *schema.Table, inline func(c *schema.Column) bool) []string

	// AddColumn returns the statements that add a column to a table that exists, with its CHECKs and its reference. They
	// have other names than the constraints of the table that was found, of which nil has none.
	AddColumn(t *schema.Table, c *schema.Column, found *schema.Found) []string

	// AddValues returns the statements that add values to the enum of a column, which was found.
	AddValues(c *schema.Column, found *schema.FoundColumn, labels []string) []string

	// AddReference returns the statement that adds a column's foreign key to a table that exists.
	AddReference(t *schema.Table, c *schema.Column) string

	// AddForeignKey returns the statement that adds a foreign key of several columns to a table that exists; "" where
	// CreateTable has written it, and a table that exists cannot get one. What SetsColumns tells says whether some of
	// its columns can be set to NULL alone. The key has another name than the constraints of the table that was found.
	AddForeignKey(t *schema.Table, k *schema.ForeignKey, sets bool, found *schema.Found) string

	// CreateIndex returns the statements that make the index; they fail if the name exists. There are none for an index
	// that the engine cannot have.
	CreateIndex(t *schema.Table, ix *schema.Index) []string

	// Literal returns v as a constant in SQL, quoted as it must be. It is for DDL, which takes no arguments; statements
	// never use it.
	Literal(v schema.Value) string

	// InstallBegin returns the statements that begin a change of the schema inside a transaction: they make other
	// installations wait, and bound how long DDL waits for a table's lock. InstallEnd returns those that restore the
	// transaction's own settings at the end of a change that went well; a rollback restores them too.
	InstallBegin(wait, lockTimeout time.Duration) []string
	InstallEnd() []string

	// LockTimeout returns the statement that bounds how long the transaction waits for a table's lock, "" where it
	// waits for none.
	LockTimeout(d time.Duration) string

	// DropTables returns the statements that drop tables with their rows; one that does not exist is no error. The
	// tables are given in an order in which those that refer to others come first, as far as there is one. DropView
	// drops what Tables calls a view or a materialized view.
	DropTables(tables []string) []string
	DropView(name, sort string) string

	// ClearTables returns the statements that delete all rows of tables, which are given as to DropTables, and begin to
	// count their keys anew.
	ClearTables(tables []string) []string

	// DeferReferences returns the statements after which foreign keys are checked late in the transaction, and
	// ResumeReferences those that check them and make them what they were.
	DeferReferences(keys []Constraint) []string
	ResumeReferences(keys []Constraint) []string

	// CountOn returns the statement that makes the database count a key up from the greatest one in the table, if it is
	// not beyond that; "" where it does so by itself.
	CountOn(table, column string) string

	// Distribute returns the statement that has Citus distribute a table which has just been made, beside the one of the
	// other name, "" for none. Where there is no Citus, it does nothing. It is "" for a table that is not distributed.
	Distribute(t *schema.Table, beside string) string

	// Distributing returns the statements that have Citus change tables one shard after the other, for the rest of the
	// transaction, and those that end it. They do nothing without Citus.
	Distributing() (begin, end []string)

	// Distributed returns queries for whether (boolean) the database has Citus, and, if so, for how a table is
	// distributed: the text of the tag option, or NULL. They are "" where that cannot be.
	Distributed() (has, how string)

	// Prerequisites returns statements that must have run before CreateTable or AddColumn of these columns, such as the
	// one that makes a collation when it does not exist. They may be repeated.
	Prerequisites(cols []*schema.Column) []string
}

// Introspection writes queries on the engine's catalog. Each query is about one table, whose name it gets by About,
// except Tables and References. A boolean result may be 0 or 1.
type Introspection interface {
	// About returns a query about a table of that name and its only argument, by which it knows the table. The query
	// may be one that is not about a table's name, and has no argument then.
	About(sql, table string) (query, arg string)

	// Tables returns a query with one row for each table and view that a name alone reaches, by name: name text, sort
	// text (one of the Sort constants), own boolean: whether it lies where new tables go, and belongs to no extension.
	// The engine's own are left out.
	Tables() string

	// TablesOf is Tables of a schema, or of a database that is attached, and gives the names with it.
	TablesOf(space string) string

	// Exists returns a query with one row, of a 1, when a table or a view has the name.
	Exists() string

	// Columns returns a query with one row a column, in the order of the table and none when there is no table: name
	// text, type text, not null boolean, part of the key boolean, default text or NULL (of a generated column its
	// expression, where the catalog tells it), nocase boolean, counted up
	// boolean, generated boolean, of a view boolean, of a partitioned table boolean, equating boolean: by a collation
	// that takes different texts for equal, domain text or NULL, of which the type is what it is over; the type as a
	// [schema.Native] has it: text or NULL, ordered boolean, with min and max boolean, the labels of an enum as JSON or
	// NULL; of a materialized view boolean; of an array the number of dimensions that it was declared with;
	// the collation as a COLLATE clause names it, text or NULL for that of the type.
	Columns() string

	// UsualColumns returns a query that is cheaper and tells the same of a table whose columns are of usual types. One
	// more column of it says (boolean) that a column is of another type, of which it may tell what is not so; such
	// columns come first. It is "" where Columns is cheap.
	UsualColumns() string

	// Indexes returns a query with one row for each column of each index, in order: index name text, unique boolean,
	// partial boolean, column name text or NULL for an expression, descending boolean, expression text or NULL, the
	// index's condition text or NULL, INCLUDE boolean: the column is no part of the key, invalid boolean, of a
	// constraint boolean, NULLS NOT DISTINCT boolean, method text or NULL for a B-tree, operator classes text or NULL,
	// NULLS FIRST or NULLS LAST text where it is not that of the direction, else NULL, and the name of a collation that
	// is not that of the column text or NULL; on SQLite that of the column too; of a constraint EXCLUDE boolean.
	// Indexes behind a primary key are left out.
	Indexes() string

	// Checks returns a query with one row for each CHECK constraint: its name text, its condition text, whether
	// (boolean) rows from before it may break it. It is "" where the Definitions tell.
	Checks() string

	// ForeignKeys returns a query with one row for each column of each foreign key, in order: a text that is the same
	// for the columns of one, its name text or NULL, column text, target table text, target column text or NULL, rule
	// on delete text, rule on update text, deferrable boolean, whether (boolean) rows from before it may break it,
	// whether (boolean) it sets this column to something when the target is deleted, and not all of them, deferred
	// boolean, and the target table's name with its schema.
	ForeignKeys() string

	// SetsColumns returns a query that tells whether (boolean) a foreign key can set some of its columns to NULL, and
	// not all, when its target is deleted; "" where it cannot.
	SetsColumns() string

	// EnumLabels returns a query with one row for each value of the enum type of a column, in their order: its text. It
	// has no row when there is no such type, and is "" where enums are texts.
	EnumLabels(c *schema.Column) string

	// NullsNotDistinct returns a query that tells whether (boolean) a unique index can take NULLs for equal; "" where
	// it cannot.
	NullsNotDistinct() string

	// EnforcedReferences returns a query with one row for each column of a table that alone, and never NULL, refers to
	// a row which is certain to be there and to be seen: the column (text), the table referred to (text), and its name
	// with its schema. It is "" where the engine does not tell.
	EnforcedReferences() string

	// Referrers returns a query for the names of the other tables that refer to a table.
	Referrers() string

	// References returns a query with one row for each table and each other table that it refers to: both names, with
	// their schemas where the name alone does not reach them.
	References() string

	// Dependents returns a query for what lies on a table or uses it, besides its columns, indexes and constraints:
	// sort text, name text, column text or NULL, text or NULL, whether (boolean) it is told nowhere else, and the Holds
	// constants of package schema that apply to it as a text. One that uses several columns has a row for each.
	Dependents() string

	// Definitions returns a query for the statements that made a table, its indexes and its triggers: sort text (table,
	// index, trigger, or fulltext for a virtual table of FTS5 over it), name text, SQL text. It is "" where the catalog
	// tells all.
	Definitions() string

	// AllDefinitions returns a query for the statements (SQL text) that made all there is, in an order in which they
	// can be run; "" where the catalog tells all.
	AllDefinitions() string

	// Sound returns a query for statements that do nothing: the name text of a table or view, what is done to it text,
	// SQL text. Each fails when what it touches refers to something that is not there. The second query tells one more
	// for a table or view, its argument; it may fail itself. They are "" where the server refuses to drop what
	// something refers to.
	Sound() (all, one string)

	// Suppresses returns a query for whether (boolean) something may keep a write from a row of a table without an
	// error: a trigger, a rule, a policy, a conflict clause, or that it is a view.
	Suppresses() string

	// Rewrites returns a query for whether (boolean) a rule of a table rewrites what is inserted into it, so that an
	// INSERT cannot return its row; "" for an engine without rules.
	Rewrites() string

	// Complete adds to a table what only its Definitions tell.
	Complete(f *schema.Found)

	// ReadType sets a column's Kind, Size, Precision and Scale from its Type. Kind stays Null for a type that is none
	// of the column types, or one that can be read as one of them.
	ReadType(c *schema.FoundColumn)

	// HasRows returns a query that tells whether (boolean) the table has a row, in one row and one column.
	HasRows(table string) string

	// RowCount returns a query for the number of rows of a table, which may be an estimate, in one row and one column.
	RowCount(table string) string
}

// Forming describes how the columns of existing tables store their values; see [schema.Form].
type Forming interface {
	// Forms reports whether the kind may be stored in several forms.
	Forms(k schema.Kind) bool

	// FormOfType returns the form that the type of a column in the database tells.
	FormOfType(c *schema.Column, found *schema.FoundColumn) schema.Form

	// Native returns the type of a column of the model that is a text or a list of texts, where the database's column
	// has a type that no kind belongs to; nil for another column. Found is nil when the database has no such table.
	Native(c *schema.Column, found *schema.FoundColumn) *schema.Native
	// CallRange returns the call of a function of ranges, of which [Func.OfRange] is true.
	CallRange(fn Func, args []RangeArg) string

	// Sampled reports whether the values of a kind tell their form, and not types alone. Sample returns a query for a
	// few values of columns of such kinds, the first ones and those that are last by a column that has an index, "" for
	// none: for each of the columns its class text and its value text. FormOfValue returns the form of a value that is
	// not NULL.
	Sampled(k schema.Kind) bool
	Sample(table string, cols []*schema.Column, last string) string
	FormOfValue(k schema.Kind, class, value string) schema.Form

	// CountForms returns a query that reads all of a table, for how many forms the values of each of the columns have,
	// which are of sampled kinds.
	CountForms(table string, cols []*schema.Column) string
}

// Constraint is a foreign key by its name.
type Constraint struct {
	Table, Name string // the table that refers, with its schema, and the name of the constraint
	Deferrable  bool   // it is DEFERRABLE
}

// The sorts of tables and views that the query of [Introspection.Tables] reports.
const (
	SortTable        = "table"             // a table
	SortView         = "view"              // a view
	SortMaterialized = "materialized view" // a materialized view
	SortForeign      = "foreign table"     // a foreign table, whose rows another server has
	SortFullText     = "full-text index"   // a table of FTS5 whose content is another table
)

// Watching writes the statements by which a watch learns of new rows.
type Watching interface {
	// Channel returns a query whose one argument is a table's name, with one row: the channel on which new rows of the
	// table are notified, and whether (boolean) the trigger that notifies exists. An engine without channels returns
	// "".
	Channel() string

	// WatchTrigger returns the statements that make the trigger on a table; they fail if it exists. An engine without
	// channels returns none.
	WatchTrigger(table string) []string

	// Horizon returns a query with one row of two integers: all transactions with smaller numbers than the first have
	// ended, and numbers from the second on have not been given out. An engine whose transactions write one after the
	// other returns "".
	Horizon() string
}

// Func is a function or an operator that every dialect can write; see [Expression.Call].
type Func uint8

// The functions. Those of numbers give NULL for a division by zero; Lower and Upper change the letters A to Z alone, on
// every engine.
const (
	NoFunc          Func = iota // none
	FuncAdd                     // a + b
	FuncSub                     // a - b
	FuncMul                     // a * b
	FuncDiv                     // a / b; integers are truncated towards zero
	FuncMod                     // the remainder of a / b for integers; it has the sign of a
	FuncNeg                     // -a
	FuncAbs                     // the absolute value
	FuncConcat                  // the concatenation of texts
	FuncLower                   // a text in lower case
	FuncUpper                   // a text in upper case
	FuncLength                  // characters of a text, bytes of bytes
	FuncTrim                    // a text without spaces at both ends
	FuncReplace                 // a text in which one text is replaced by another
	FuncSubstr                  // from a position, counted from 1, a number of characters
	FuncCoalesce                // the first value that is not NULL
	FuncRandom                  // a random number, for orders
	FuncRangeTime               // an instant or a day as the range of a window is counted by it
	FuncRangeOffset             // microseconds as an offset of such a range

	FuncListEq          // of two lists: the same elements in the same order
	FuncListNe          // not so
	FuncListContains    // each element of the second is in the first
	FuncListContainedBy // each element of the first is in the second
	FuncListOverlaps    // one element is in both
	FuncListLen         // the number of elements
	FuncListAppend      // the first, empty for NULL, with the elements of the second behind
	FuncListRemove      // the first without its elements that are in the second
	FuncListOf          // the list of the arguments, which are canonical values of its elements' kind
	FuncListConcat      // the first with the elements of the second behind; NULL is left out
	FuncListIndex       // the index of an element, the one in the second, from 0; NULL when it is not there
	FuncListAt          // the element at an index from 0
	FuncListFromEnd     // the element at an index from the end, where the last one is 1
	FuncListSlice       // the elements from one index up to another, from 0; a negative one counts from the end
	FuncListRows        // its elements as rows, which are called by the second argument
	FuncListRow         // the element of such a row, whose name is the first argument
	FuncListJoin        // the text of its elements, which are texts, with a separator between them; NULL when it is empty

	// Of a JSON document and a path, which is written as in $."key"[0]. A path leads to nothing where there is no such
	// member or element.
	FuncJSONText    // the text there, NULL when there is something else
	FuncJSONInt     // the whole number of 64 bits
	FuncJSONInt8    // of so many bits
	FuncJSONInt16   // …
	FuncJSONInt32   // …
	FuncJSONUint8   // without a sign
	FuncJSONUint16  // …
	FuncJSONUint32  // …
	FuncJSONFloat   // the number, if it is one of 64 bits
	FuncJSONFloat32 // if it is one of 32
	FuncJSONBool    // the boolean
	FuncJSONDoc     // whatever is there, as a document
	FuncJSONRecord  // the object, or null, as a document
	FuncJSONList    // the list, or null, as a document
	FuncJSONHas     // whether there is something

	FuncJSONContains // whether the first document contains the second
	// the document, or an empty object in place of one that is none, with the members of another and without those of a
	// list of keys
	FuncJSONMembers
	FuncJSONMerge // the document with another one merged into it, an object, as RFC 7396 says

	// Of a document, the path of an object or a list in it, and all keys and indexes on the way to a member or element
	// of that, as a list of texts. Where no object, or no list, is there, they give the document as it is.
	FuncJSONSetKey      // with another document for the member
	FuncJSONSetIndex    // with another document for the element, or at the end of a shorter list
	FuncJSONRemoveKey   // without the member
	FuncJSONRemoveIndex // without the element

	// As those with a path and the same path as steps, of an element that is counted from the end and must be there.
	FuncJSONSetFromEnd
	FuncJSONRemoveFromEnd // without the element

	FuncJSONContainedBy // whether the second document contains the first
	// whether one of a list of texts is a key of the object, a text in the list, or the text that the document is
	FuncJSONHasAny
	FuncJSONHasAll // whether all of them are
	FuncJSONLen    // the number of elements of the list at a path, NULL when there is something else
	FuncJSONType   // the word for what is at a path: object, array, string, number, boolean or null

	FuncListElem // a value as FuncArrayAgg takes it

	FuncCount      // aggregate: the number of values; without an argument, of rows
	FuncSum        // aggregate: the sum
	FuncAvg        // aggregate: the average
	FuncMin        // aggregate: the least value
	FuncMax        // aggregate: the greatest value
	FuncArrayAgg   // aggregate: the list of the values of FuncListElem, empty if there are none
	FuncVarPop     // aggregate: the population variance
	FuncVarSamp    // aggregate: the sample variance
	FuncStddevPop  // aggregate: the population standard deviation
	FuncStddevSamp // aggregate: the sample standard deviation

	FuncRowNumber   // row_number(), the first of the window functions
	FuncRank        // rank()
	FuncDenseRank   // dense_rank()
	FuncNtile       // ntile(n)
	FuncLag         // lag(value, n, default)
	FuncLead        // lead(value, n, default)
	FuncFirstValue  // first_value(value)
	FuncLastValue   // last_value(value)
	FuncNthValue    // nth_value(value, n)
	FuncPercentRank // percent_rank()
	FuncCumeDist    // cume_dist()
)

// Match is a way of matching a text with a pattern; see [Expression.Match].
type Match uint8

// The ways of matching. In the value of MatchLike, % stands for any text, _ for any character and \ makes the next
// character an ordinary one, as in PostgreSQL's manual, section "Pattern Matching"; in the others nothing is special.
const (
	MatchLike     Match = iota
	MatchPrefix         // the text begins with the pattern
	MatchSuffix         // the text ends with the pattern
	MatchContains       // the text contains the pattern
	MatchRegexp         // a regular expression of Go's package regexp/syntax; see AdvancedRegexp
)

// DatePart is a part of a date or a time, in UTC.
type DatePart uint8

// The parts. Weeks are those of ISO 8601; the first day of the week is Monday, 1, and the last Sunday, 7.
const (
	NoPart    DatePart = iota // none
	Year                      // the year
	Quarter                   // 1 to 4
	Month                     // 1 to 12
	Week                      // 1 to 53
	Day                       // 1 to 31
	DayOfWeek                 // 1 to 7
	DayOfYear                 // 1 to 366
	Hour                      // 0 to 23
	Minute                    // 0 to 59
	Second                    // 0 to 59, without its fraction
	ISOYear                   // the year of ISO 8601, to which the week belongs
)
