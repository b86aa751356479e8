package sqlite

import (
	"encoding/hex"
	"math"
	"strings"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Dialect is SQLite's [dialect.Dialect]. Its zero value is ready to use.
type Dialect struct {
	// Attached is set for a connection with attached databases: a table without a schema is told to be that of the main
	// one, where SQLite would also look into the others.
	Attached bool
}

var _ dialect.Dialect = Dialect{}

// The layouts, as package time reads them, in which times are stored. They are of fixed width, so that their order as
// text is that of time, and always in UTC.
const (
	TimeLayout  = "2006-01-02T15:04:05.000000Z"
	DateLayout  = time.DateOnly
	ClockLayout = "15:04:05.000000"
)

// DecimalCollation is the name of the collation that compares decimal numbers, stored as text, by their value. SQLite
// does not have it; whoever opens a connection registers it there.
const DecimalCollation = "prom_decimal"

// IntervalCollation is the name of the collation that compares intervals; see [schema.CompareIntervals]. SQLite has
// none, so that a connection must register it.
const IntervalCollation = "prom_interval"

// DecimalSum is the name of the aggregate that adds decimal numbers, stored as text, exactly, JSONContains that of the
// function that tells whether one JSON document contains another, JSONLast that of the one that leaves the last of
// equal keys in a document, JSONMerge that of the one that merges a patch into a document and removes keys, and
// Conflicted that of the function without arguments that notes for the driver that an upsert has met a row, and returns
// 1. InsertedEach is 1 for a row of an upsert of several that was inserted and 0 for one of which Conflicted has noted
// that it was there, and forgets that. SQLite has none of them, as with [DecimalCollation].
const (
	DecimalSum   = "prom_decimal_sum"
	JSONContains = "prom_json_contains"
	JSONLast     = "prom_json_last"
	JSONMerge    = "prom_json_merge"
	Conflicted   = "prom_conflicted"
	InsertedEach = "prom_inserted"
)

// The names of the aggregates of variances and standard deviations, of a population and of a sample, and ListJoin that
// of the function that joins the texts of a list, written as JSON, with a separator. They are registered with a
// connection as well.
const (
	VarPop     = "prom_var_pop"
	VarSamp    = "prom_var_samp"
	StddevPop  = "prom_stddev_pop"
	StddevSamp = "prom_stddev_samp"
	ListJoin   = "prom_list_join"
)

// The names of the functions that compute distances of two vectors, which are texts such as [1,2,3], as pgvector's
// operators <->, <+>, <=> and <#> do; of a NULL they are NULL. They are registered with a connection as well.
const (
	L2Distance           = "prom_l2_distance"
	L1Distance           = "prom_l1_distance"
	CosineDistance       = "prom_cosine_distance"
	NegativeInnerProduct = "prom_negative_inner_product"
)

// The names of the functions that tell whether a text is like a pattern, ends with another text or has it somewhere, as
// SQLite's own LIKE, GLOB and instr do, in a time that does not grow with the length of text times pattern. Those in
// Fold ignore the case of A to Z. They are registered with a connection as well.
const (
	TextLike     = "prom_like"
	TextLikeFold = "prom_like_fold"
	TextEnds     = "prom_ends"
	TextEndsFold = "prom_ends_fold"
	TextHas      = "prom_has"
	TextHasFold  = "prom_has_fold"
)

// The names of the functions that compute with numbers as PostgreSQL does: what does not fit is an error. Float32 is a
// number that fits a float32. They are registered with a connection as well.
const (
	Plus    = "prom_plus"
	Minus   = "prom_minus"
	Times   = "prom_times"
	Divided = "prom_divided"
	Float32 = "prom_float32"
)

// maxArgs is SQLite's SQLITE_MAX_VARIABLE_NUMBER.
const maxArgs = 32766

// Name returns "sqlite".
func (Dialect) Name() string { return "sqlite" }

// Features returns what SQLite does in its own way.
func (Dialect) Features() dialect.Features {
	return dialect.Features{
		MaxArgs: maxArgs, NullsFirst: true, DeferredRefs: true, BareRefs: true, SignedOnly: true, FoldNames: true, FTS5: true, NoCaseASCII: true, StorageClasses: true, KeysReturn: true, LastKey: true,
		LikeScans: true, SeesUpdated: true, LocalRefs: true, KeyAlone: true,
		Conflicted:   Conflicted + "()", // tables without a row number leave the number of the last inserted row as it was
		InsertedEach: InsertedEach + "()",
	}
}

// Quote returns name as a quoted identifier.
func (Dialect) Quote(name string) string { return dialect.Quote(name) }

// Table returns the name of a table, quoted. One without a schema is that of the main database, also where an attached
// one has a table of that name, and it has none (https://www.sqlite.org/lang_attach.html).
func (d Dialect) Table(name string) string {
	if space, table := schema.SplitName(name); space == "" && d.Attached {
		return mainSchema + "." + dialect.Quote(table)
	}
	return dialect.QuoteTable(name)
}

// Target returns the name of a table without its database: a foreign key reaches no other one.
func (Dialect) Target(name string) string {
	_, table := schema.SplitName(name)
	return dialect.Quote(table)
}

// Index returns the name of an index, quoted, with the database of its table.
func (d Dialect) Index(table, name string) string {
	space, _ := schema.SplitName(table)
	switch {
	case space != "":
		return dialect.Quote(space) + "." + dialect.Quote(name)
	case d.Attached:
		return mainSchema + "." + dialect.Quote(name)
	}
	return dialect.Quote(name)
}

// IndexOn returns the name of an index with its database, and that of its table without.
func (Dialect) IndexOn(table, name string) (index, on string) {
	return Dialect{}.Index(table, name), Dialect{}.Target(table)
}

// reaches reports whether a table can have a foreign key to another one: whether both are in one database.
func reaches(t, target *schema.Table) bool { return schema.OneDatabase(t.Name, target.Name) }

// types are the names of types. To SQLite they say how a value is stored, and a name with TEXT in it means as it is.
// The type's name tells other programs and introspection what the text holds, in the words of prom for Python, which
// reads them so.
var types = [...]string{
	schema.Bool:    "BOOL",
	schema.Int16:   "INTEGER",
	schema.Int32:   "INTEGER",
	schema.Int64:   "INTEGER",
	schema.Uint64:  "INTEGER",
	schema.Float32: "REAL",
	schema.Float64: "REAL",
	schema.Text:    "TEXT",
	schema.Bytes:   "BLOB",
	schema.Decimal: "DECIMALTEXT", // a NUMERIC column would turn the digits into a float
	schema.Time:    "TIMESTAMP",
	schema.Date:    "DATE",
	schema.Clock:   "TIME",
	schema.UUID:    "TEXT",
	schema.JSON:    "JSONBTEXT",
	schema.Any:     "BLOB", // which converts nothing
}

// ColumnType returns the type of a column, with its collation.
func (Dialect) ColumnType(c *schema.Column) string {
	if c.Kind.IsList() {
		return types[schema.JSON]
	}
	if c.NoCase {
		return types[c.Kind] + " COLLATE NOCASE"
	}
	return types[c.Kind]
}

// key returns the clause that makes a single integer the primary key. INTEGER PRIMARY KEY stands for the row's number,
// which SQLite makes up when it gets NULL; that is right for an auto key only. With DESC it is an ordinary column
// instead ("CREATE TABLE", section "ROWIDs and the INTEGER PRIMARY KEY"), for which NOT NULL holds. Of a key of several
// columns the one that is generated is the primary key too, since SQLite makes up no other number; all of them together
// are UNIQUE.
func key(t *schema.Table, c *schema.Column) string {
	switch {
	case !c.Key || !c.Kind.Integer():
		return ""
	case c.Auto:
		return "PRIMARY KEY"
	case len(t.Key) != 1:
		return ""
	}
	return "PRIMARY KEY DESC"
}

// CreateTable returns the statement that makes the table without its indexes. Every reference is in it, whatever inline
// says: SQLite looks for the target only when a row is written. A reference to a table of another database is none to
// SQLite, and is left out.
func (d Dialect) CreateTable(t *schema.Table, _ func(c *schema.Column) bool) []string {
	return []string{d.createTable(t, dialect.QuoteTable(t.Name))}
}

func (d Dialect) createTable(t *schema.Table, name string) string {
	return dialect.CreateTable(d, t, name, func(k *schema.ForeignKey) bool { return t.EnforcesKey(k) && reaches(t, t.TargetOfKey(k)) },
		func(c *schema.Column) dialect.Clauses {
			return dialect.Clauses{Key: key(t, c), Reference: t.Enforces(c) && reaches(t, t.TargetOf(c))}
		})
}

// AddColumn returns the statement that adds a column to a table that exists. SQLite refuses it for a primary key, and
// on a table with rows for a required column without a default. A reference is added without its default, which SQLite
// would refuse as well: old rows refer to nothing. A generated column is added as a VIRTUAL one, since it refuses
// STORED too ("Generated Columns", section 2.2).
func (d Dialect) AddColumn(t *schema.Table, c *schema.Column, found *schema.Found) []string {
	refers := t.Enforces(c) && reaches(t, t.TargetOf(c))
	cl := dialect.Clauses{Reference: refers, NoDefault: refers, Virtual: true, Beside: found}
	if c.Key && len(t.Key) == 1 {
		cl.Key = "PRIMARY KEY"
	}
	return []string{dialect.AddColumn(d, t, c, cl)}
}

// AddReference returns "": CREATE TABLE has written every reference already.
func (Dialect) AddReference(*schema.Table, *schema.Column) string { return "" }

// AddForeignKey returns "": CREATE TABLE has written it, and a table that exists cannot get one.
func (Dialect) AddForeignKey(*schema.Table, *schema.ForeignKey, bool, *schema.Found) string {
	return ""
}

// CreateIndex returns the statements that make the index, none for one of a method that SQLite does not have,
// and for one in which NULLs are equal.
func (d Dialect) CreateIndex(t *schema.Table, ix *schema.Index) []string {
	if ix.FullText != nil {
		return d.createFullText(t, ix)
	}
	if ix.Method != "" || ix.NullsNotDistinct {
		return nil
	}
	if ix.Ops != "" {
		plain := *ix
		plain.Ops = ""
		ix = &plain
	}
	return []string{dialect.CreateIndex(d, t, ix, false, nil)}
}

// AddValues returns nothing: enums are texts.
func (Dialect) AddValues(*schema.Column, *schema.FoundColumn, []string) []string { return nil }

// Prerequisites returns nothing: SQLite has all that a column needs.
func (Dialect) Prerequisites([]*schema.Column) []string { return nil }

// Literal returns v as a constant in SQL, in the form in which the value is stored.
func (Dialect) Literal(v schema.Value) string {
	if v.IsList() {
		return quoteText(string(AppendList(nil, v)))
	}
	if n, ok := dialect.NumberLiteral(v); ok {
		return n
	}
	if v.IsNull() {
		return "NULL"
	}
	switch v.Kind() {
	case schema.Bool:
		if v.Bool() {
			return "1"
		}
		return "0"
	case schema.Float32, schema.Float64:
		switch f := v.Float(); {
		case math.IsInf(f, 1):
			return "9e999"
		case math.IsInf(f, -1):
			return "-9e999"
		}
		return "NULL" // what SQLite makes of a NaN
	case schema.Bytes:
		return "X'" + hex.EncodeToString(v.Bytes()) + "'"
	case schema.Time:
		return quoteText(string(AppendTime(nil, v.Time())))
	case schema.Date:
		return quoteText(string(AppendDate(nil, v.Time())))
	case schema.Clock:
		return quoteText(time.Time{}.Add(v.Clock()).Format(ClockLayout))
	}
	return quoteText(v.Text())
}

// quoteText returns s as a constant. The text of a statement ends at a NUL, so a text with one is written as bytes.
func quoteText(s string) string {
	if strings.Contains(s, "\x00") {
		return "(CAST(X'" + hex.EncodeToString([]byte(s)) + "' AS TEXT))"
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}
