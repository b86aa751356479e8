package postgres

import (
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Declared tells what a server of version 15 or newer would tell of a table that it has just made, without a server.
// Its expressions are as the model writes them and not as the server does, so it is to be compared with another table
// that is declared, and not with one that was found.
func (d Dialect) Declared(t *schema.Table) schema.Found {
	f := schema.Found{Exists: true, View: t.View, Materialized: t.Materialized, SetsColumns: true,
		Partitioned: t.Partition != nil, PartitionKey: d.PartitionBy(t)}
	for _, c := range t.Columns {
		f.Columns = append(f.Columns, d.declaredColumn(c))
		if _, condition := dialect.CheckNamed(d, t.CheckName(c), c); condition != "" {
			name := dialect.Quote(c.Name)
			f.Checks = append(f.Checks, schema.FoundCheck{Name: t.CheckName(c),
				Expr: strings.ReplaceAll(condition, "CAST("+name+" AS TEXT)", "("+name+")::text")})
		}
		for _, of := range t.Columns {
			if c.Generated != "" && of != c && hasWord(c.Generated, of.Name) {
				f.Dependents = append(f.Dependents, schema.Dependent{Sort: schema.OfGeneratedColumn, Name: c.Name, Column: of.Name,
					Text: c.Generated, Holds: schema.HoldsType + schema.HoldsDrop})
			}
		}
		if t.Enforces(c) {
			k := schema.WantedReference(t, c)
			k.Name = dialect.ReferenceName(t, c)
			f.ForeignKeys = append(f.ForeignKeys, *k)
		}
	}
	for _, key := range t.ForeignKeys {
		if t.EnforcesKey(key) {
			k := schema.WantedKey(t, key, true)
			k.Name = dialect.ForeignKeyName(t, key)
			f.ForeignKeys = append(f.ForeignKeys, *k)
		}
	}
	for _, ix := range t.Indexes {
		f.Indexes = append(f.Indexes, d.declaredIndex(t, ix))
	}
	return f
}

// typeAliases are names that a type has besides the one by which the server tells it.
var typeAliases = map[string]string{
	"timestamptz": "timestamp with time zone", "timestamp": "timestamp without time zone",
	"time":   "time without time zone",
	"timetz": "time with time zone", "varchar": "character varying", "char": "character", "bpchar": "character",
	"varbit": "bit varying", "bool": "boolean",
}

func (d Dialect) declaredColumn(c *schema.Column) schema.FoundColumn {
	typ, collate, _ := strings.Cut(d.ColumnType(c), " COLLATE ")
	if base, _, array := strings.Cut(typ, "[]"); array { // of any number of dimensions
		typ = base + "[]"
	}
	if !strings.Contains(typ, `"`) {
		typ = strings.ToLower(typ)
	}
	name, rest := typ, ""
	if i := strings.IndexAny(typ, "(["); i >= 0 {
		name, rest = typ[:i], typ[i:]
	}
	if full := typeAliases[name]; full != "" {
		typ = full + rest
	}
	f := schema.FoundColumn{Name: c.Name, Type: typ, Dims: c.Dims, NotNull: c.Required(), Key: c.Key, Auto: auto(c) != "",
		NoCase: c.NoCase, Equating: c.NoCase && !c.Folded, OwnCollation: c.NoCase, Collation: collate,
		Generated: c.Generated != "", Expr: c.Generated}
	d.ReadType(&f)
	if n := told(c); n != nil {
		f.Native = *n
	}
	if c.HasConstant() && c.Generated == "" {
		f.Default = d.Literal(c.Default.Literal)
	}
	return f
}

func (d Dialect) declaredIndex(t *schema.Table, ix *schema.Index) schema.FoundIndex {
	f := schema.FoundIndex{Name: ix.Name, Unique: ix.Unique, Where: dialect.IndexWhere(t, ix),
		Method: ix.Method, Ops: ix.Ops,
		NullsNotDistinct: ix.NullsNotDistinct, Partial: ix.Partial()}
	if ix.FullText != nil {
		f.Columns = []schema.FoundIndexColumn{{Expr: vector(ix, dialect.Quote)}}
		return f
	}
	for _, c := range ix.Columns {
		fc := schema.FoundIndexColumn{Expr: c.Expr, Desc: c.Desc}
		switch {
		case c.Column != nil && c.Column.Folded:
			fc.Expr = d.Operand(c.Column, dialect.Quote(c.Column.Name))
		case c.Column != nil:
			fc.Name = c.Column.Name
		}
		f.Columns = append(f.Columns, fc)
	}
	for _, c := range ix.Include {
		f.Include = append(f.Include, c.Name)
	}
	return f
}
