package schema

import (
	"fmt"
	"math"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"weak"
)

// Table is the schema of a model: the table that its struct declares. A Table is immutable. [Of] returns the same one
// for the same type, so tables may be compared by pointer.
type Table struct {
	Name  string       // the table's name in the database, unquoted
	Was   string       // its old name, from the tag option was; "" for none
	Model reflect.Type // the type of the model, a struct
	// the fields with the tag option computed, which are not columns; only Field, Name, Type, Path and Offset are set
	Computed []*Column
	Columns  []*Column // in the order of the table: own fields first, then those of an embedded Model
	Key      []*Column // the primary key in the order of declaration; empty when there is none
	Indexes  []*Index  // in the order of declaration, with those of single fields

	Relations []*Relation // the fields that hold rows of other models, in the order of declaration

	ForeignKeys []*ForeignKey // those of fields of type CompositeRef; see [Column] for the others

	View         bool // it is a view, which this library reads and does not create
	Materialized bool // it is a materialized view; View is set too

	Audited bool // triggers write its changes to the audit log

	Partition *Partitioning // how PostgreSQL divides its rows among partitions; nil for an ordinary table

	Distribution *Distribution // how Citus distributes it; nil for an ordinary table

	Filled bool // it has a ReadOnly column

	Version *Column   // the version of optimistic locking; nil if there is none
	Deleted *Column   // the time of the soft delete; nil if there is none
	Loaded  []*Column // the columns that identify a row as it was loaded: the key, and the version if there is one

	byName map[string]*Column
}

// Column is a field of a model that is a column of its table.
type Column struct {
	Name    string       // the column's name, unquoted
	Was     string       // its old name, from the tag option was; "" for none
	Field   string       // the Go field's path, such as "Address.City", for messages
	Type    reflect.Type // the Go field's type
	Path    []int        // the field's index path for reflect's FieldByIndex
	Offset  uintptr      // bytes from the start of the model
	Ordinal int          // position in Table.Columns

	Kind       Kind        // what it holds
	Form       Form        // how a database stores its values; see [Forms]
	Native     *Native     // the type of a column whose form is [FormNative]; nil for all others
	SQLType    string      // its PostgreSQL type, as the tag option type names it; "" for that of its kind
	Range      Kind        // of ranges: the kind of their bounds; Null for all others
	Multi      bool        // of ranges: multiranges
	Enforced   bool        // the database enforces the foreign key; see [Forms]
	Told       Form        // the form of the tag option stored, for columns of other programs on SQLite; else FormOwn
	Enum       *Enum       // its enum type on PostgreSQL; nil without the tag option enum
	Null       bool        // NULL is allowed: a pointer, or a sql.Null type
	Scanner    bool        // the Go type converts itself by sql.Scanner and driver.Valuer
	TextCodec  bool        // the Go type converts itself by encoding.TextMarshaler and TextUnmarshaler
	Codec      *Registered // of a Go type with a codec of its own; nil for all others
	Key        bool        // part of the primary key
	KeyLen     int         // the number of columns of the primary key, if it is part of it; else 0
	Auto       bool        // the key is generated: by the database for integers, in Go for UUIDs
	NoCase     bool        // comparisons ignore the case of A to Z
	Folded     bool        // NoCase, and neither in a key nor in a reference: may be compared by an expression
	Private    bool        // left out of JSON that the library makes
	NoAudit    bool        // left out of the audit log
	Created    bool        // set to the time of insertion when zero
	Updated    bool        // set to the time of each write unless set by hand
	Version    bool        // incremented at each write
	Deleted    bool        // set to the time of deletion, instead of deleting the row
	ReadOnly   bool        // the database fills it: it is never written, and is read back after a write
	Generated  string      // the expression of a generated column, as SQL; "" for none
	Precision  int         // of a Decimal: digits in all
	Scale      int         // of a Decimal: digits after the point
	Dims       int         // of a list: its dimensions, from 1; 0 for other columns
	Default    *Default    // the value of an unset field; nil for none
	Rules      Rules       // the rules for its values
	References *Reference  // the foreign key; nil if it is not a reference
}

// Required reports whether a row cannot be without a value in this column.
func (c *Column) Required() bool { return !c.Null }

// HasConstant reports whether the column has a default that the database knows, a constant.
func (c *Column) HasConstant() bool { return c.Default != nil && c.Default.Func == "" }

// CheckName returns the name of a column's CHECK constraint, by which an error tells the column.
func (t *Table) CheckName(c *Column) string { return IndexName(t.Name, c.Name+"_check") }

// Narrow returns the limits of the column's Go type where the column's kind has none so narrow: those of an int8, and
// of the unsigned types. Nil is no limit.
func (c *Column) Narrow() (low, high *Bound) {
	if c.Kind == Uint64 {
		return &Bound{}, nil
	}
	if c.Type == nil || c.Scanner || c.Codec != nil {
		return nil, nil
	}
	bound := func(n int64) *Bound { return &Bound{Int: n, Float: float64(n)} }
	switch Unwrap(c.Type).Kind() {
	case reflect.Int8:
		return bound(math.MinInt8), bound(math.MaxInt8)
	case reflect.Uint8:
		return bound(0), bound(math.MaxUint8)
	case reflect.Uint16:
		return bound(0), bound(math.MaxUint16)
	case reflect.Uint32:
		return bound(0), bound(math.MaxUint32)
	}
	return nil, nil
}

// Bounds returns the limits that the column's CHECK holds: those of its rules, or of its Go type where that is
// narrower. Nil is no limit.
func (c *Column) Bounds() (low, high *Bound) {
	low, high = c.Rules.Min, c.Rules.Max
	if c.Kind.Integer() {
		// An update that adds or subtracts must not leave what no reader could hold.
		least, greatest := c.Narrow()
		if least != nil && (low == nil || low.Int < least.Int) {
			low = least
		}
		if greatest != nil && (high == nil || high.Int > greatest.Int) {
			high = greatest
		}
	}
	return low, high
}

// Rules are the rules for the values of a field. They are checked in Go before any SQL. A CHECK in the database checks
// Min and Max too.
type Rules struct {
	Min, Max *Bound   // the limits: characters of a text, bytes of bytes, the value of a number
	NonEmpty bool     // the zero value ("", 0, an empty list) is not allowed
	Choices  []string // the texts of the allowed values; nil allows all
	Pattern  string   // a regular expression (package regexp) that a text must match; "" allows all
}

// Any reports whether there is a rule.
func (r Rules) Any() bool {
	return r.Min != nil || r.Max != nil || r.NonEmpty || r.Choices != nil || r.Pattern != ""
}

// Bound is an inclusive limit.
type Bound struct {
	Int   int64   // the limit
	Float float64 // the same limit for a float column
}

// Default is a value for a field that is not set. See the tag option default.
type Default struct {
	Literal Value  // the constant; NULL when Func is set
	Func    string // "now" or "uuid", made in Go for each row; "" for a constant
}

// Reference is a foreign key of one column.
type Reference struct {
	Model reflect.Type // the model referred to
	// the column may be NULL and becomes NULL with the row referred to; otherwise the row is deleted with that row,
	// unless Actions say something else
	Weak bool
	Actions
	target func() (*Table, error)
}

// Target returns the table referred to. It resolves it at the first call, because models may refer to each other in a
// circle, and panics with the reason if the model cannot be referred to.
func (r *Reference) Target() *Table {
	t, err := r.target()
	if err != nil {
		panic(err)
	}
	return t
}

// TargetColumn returns the column referred to: the single primary key of the target.
func (r *Reference) TargetColumn() *Column { return r.Target().Key[0] }

// Index is an index over one or more columns.
type Index struct {
	Name    string        // the full name in the database: table, underscore, name
	Columns []IndexColumn // its columns and expressions, in order
	Include []*Column     // the INCLUDE columns, so that a query of these columns reads only the index
	Unique  bool          // it is a unique index
	Where   string        // the condition of a partial index, as SQL; "" for none
	Live    bool          // it leaves out the soft-deleted rows, as unique indexes of a table with Deleted do
	Method  string        // gin, gist, brin, hash or that of an extension; "" for a B-tree, the only one of SQLite
	Ops     string        // the operator class of its columns; "" for the default one
	// FullText is not nil for a full-text index. Its method is gin; on SQLite it is a table of FTS5.
	FullText *FullText

	NullsNotDistinct bool // NULLS NOT DISTINCT: NULLs are equal in a unique index

	short string // the name without the table
}

// IndexColumn is one column of an index, or an expression.
type IndexColumn struct {
	Column *Column // nil for an expression
	Expr   string  // the expression, as SQL; "" for a column
	Desc   bool    // in descending order
}

// NameOn returns the full name that the index has on a table of that name.
func (ix *Index) NameOn(table string) string { return IndexName(table, ix.short) }

// Partial reports whether the index leaves rows out.
func (ix *Index) Partial() bool { return ix.Where != "" || ix.Live }

// Names returns the names of the index's columns, "" for an expression.
func (ix *Index) Names() []string {
	names := make([]string, len(ix.Columns))
	for i, c := range ix.Columns {
		if c.Column != nil {
			names[i] = c.Column.Name
		}
	}
	return names
}

// OnColumns returns the columns of an index that is over columns alone, and nil when one of them is an expression.
func (ix *Index) OnColumns() []*Column {
	cols := make([]*Column, len(ix.Columns))
	for i, c := range ix.Columns {
		if c.Column == nil {
			return nil
		}
		cols[i] = c.Column
	}
	return cols
}

// Column returns the column of that name, or nil.
func (t *Table) Column(name string) *Column { return t.byName[name] }

// At returns the column whose Go field begins at that offset and has that type, or nil. A field of a sql.Null
// type is also found by the type of the value inside it.
func (t *Table) At(offset uintptr, typ reflect.Type) *Column {
	for _, c := range t.Columns {
		if c.Type == typ && c.Offset == offset {
			return c
		}
		if inner, at, ok := nullInner(c.Type); ok && inner == typ && c.Offset+at == offset {
			return c
		}
	}
	return nil
}

// SingleKey returns the primary key when it is one column, or an error that says what is the matter.
func (t *Table) SingleKey() (*Column, error) {
	if len(t.Key) == 1 {
		return t.Key[0], nil
	}
	if len(t.Key) == 0 {
		return nil, fmt.Errorf("%s has no primary key; give a field the tag option key, or embed prom.Model", t.Model.Name())
	}
	return nil, fmt.Errorf("%s has a primary key of %d columns (%s)", t.Model.Name(), len(t.Key),
		strings.Join(ColumnNames(t.Key), ", "))
}

// Check returns why one of the table's references or relations cannot be one: the model at its other end does not fit,
// or required references lead in a circle.
func (t *Table) Check() error {
	for _, c := range t.References() {
		if _, err := c.References.target(); err != nil {
			return err
		}
	}
	for _, k := range t.ForeignKeys {
		if _, err := k.target(); err != nil {
			return err
		}
	}
	for _, r := range t.Relations {
		if _, _, err := r.Ends(); err != nil {
			return err
		}
	}
	if err := t.checkDistribution(); err != nil {
		return err
	}
	return t.checkCircles()
}

// ComputedAt returns the computed field of a type that is so many bytes from the start of the model, or nil.
func (t *Table) ComputedAt(offset uintptr, typ reflect.Type) *Column {
	for _, c := range t.Computed {
		if c.Type == typ && c.Offset == offset {
			return c
		}
	}
	return nil
}

// RelationAt returns the relation of a Go type at an offset of the model, or nil.
func (t *Table) RelationAt(offset uintptr, typ reflect.Type) *Relation {
	for _, r := range t.Relations {
		if r.Type == typ && r.Offset == offset {
			return r
		}
	}
	return nil
}

// References lists the columns that refer to other tables.
func (t *Table) References() []*Column {
	var refs []*Column
	for _, c := range t.Columns {
		if c.References != nil {
			refs = append(refs, c)
		}
	}
	return refs
}

// Required lists the columns that must have a value.
func (t *Table) Required() []*Column {
	var required []*Column
	for _, c := range t.Columns {
		if c.Required() {
			required = append(required, c)
		}
	}
	return required
}

// TargetOf returns the table that a column of t refers to: t itself when the model refers to itself, whatever name t
// has.
func (t *Table) TargetOf(c *Column) *Table {
	if c.References.Model == t.Model {
		return t
	}
	return c.References.Target()
}

// WithName returns the same schema under another table name; its own indexes are renamed with it. The same name gives
// the same Table again.
func (t *Table) WithName(name string) (*Table, error) {
	if name == t.Name {
		return t, nil
	}
	if err := checkTableName(name); err != nil {
		return nil, err
	}
	u := *t
	u.Name, u.Was = name, ""
	u.setQualified()
	u.Indexes = make([]*Index, len(t.Indexes))
	for i, ix := range t.Indexes {
		v := *ix
		v.Name = IndexName(name, ix.short)
		u.Indexes[i] = &v
	}
	return renamed.keep(renaming{t, name}, &u), nil
}

// renamed are the tables with other names, so that repos of one name have one table. They end with the last repo and
// connection that know them, so that a program may go through any number of names.
var renamed tableNames

type tableNames struct{ tables sync.Map } // renaming → weak.Pointer[Table]

// keep returns the table that is known by a new name: u when there was none.
func (n *tableNames) keep(key renaming, u *Table) *Table {
	fresh := weak.Make(u)
	for {
		known, loaded := n.tables.LoadOrStore(key, fresh)
		if !loaded {
			runtime.AddCleanup(u, func(key renaming) { n.tables.CompareAndDelete(key, fresh) }, key)
			return u
		}
		if t := known.(weak.Pointer[Table]).Value(); t != nil {
			return t
		}
		n.tables.CompareAndDelete(key, known) // it has ended, and its cleanup has yet to run
	}
}

// each calls fn with each of the tables.
func (n *tableNames) each(fn func(t *Table)) {
	n.tables.Range(func(_, known any) bool {
		if t := known.(weak.Pointer[Table]).Value(); t != nil {
			fn(t)
		}
		return true
	})
}

type renaming struct {
	table *Table
	name  string
}

// ColumnNames returns the names of columns.
func ColumnNames(cols []*Column) []string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = c.Name
	}
	return names
}
