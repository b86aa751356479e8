package db

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/internal/db/sqlite"
	"github.com/prom-go/prom/internal/dsn"
	"github.com/prom-go/prom/schema"
)

// HistoryTable is the name of the table in which changes of the schema are written down.
const HistoryTable = "prom_history"

// Tables lists the tables of the database, by name: on PostgreSQL those that a name without a schema reaches. Views and
// the engine's own tables, the history of changes and the table of the actor are left out.
func (db *DB) Tables(ctx context.Context) ([]string, error) {
	return db.listed(ctx, dialect.SortTable, dialect.SortForeign)
}

// Views lists the views of the database, by name, materialized ones included.
func (db *DB) Views(ctx context.Context) ([]string, error) {
	return db.listed(ctx, dialect.SortView, dialect.SortMaterialized)
}

func (db *DB) listed(ctx context.Context, sorts ...string) ([]string, error) {
	list, err := db.Relations(ctx)
	var names []string
	for _, r := range list {
		if slices.Contains(sorts, r.Sort) && r.Name != HistoryTable && r.Name != dialect.ActorTable {
			names = append(names, r.Name)
		}
	}
	return names, err
}

// Relation is a table or a view.
type Relation struct {
	Name string
	Sort string // one of dialect's Sort constants
	Own  bool   // it lies where new tables go, and belongs to no extension
}

// Relations lists the tables and views of a database, by name.
func (db *DB) Relations(ctx context.Context) ([]Relation, error) {
	var list []Relation
	err := db.inspect(ctx, db.dialect.Tables(), "", func(r inspected) {
		list = append(list, Relation{Name: r.name(0), Sort: r.text(1), Own: r.bool(2)})
	})

	return list, err
}

// TablesIn lists the tables of a schema, or of a database that is attached, by name. Views and the history of changes
// are left out.
func (db *DB) TablesIn(ctx context.Context, space string) (names []string, err error) {
	return db.listedIn(ctx, space, dialect.SortTable, dialect.SortForeign)
}

// ViewsIn lists the views of a schema, or of a database that is attached, by name, materialized ones included.
func (db *DB) ViewsIn(ctx context.Context, space string) (names []string, err error) {
	return db.listedIn(ctx, space, dialect.SortView, dialect.SortMaterialized)
}

func (db *DB) listedIn(ctx context.Context, space string, sorts ...string) (names []string, err error) {
	if db.dsn.Dialect == dsn.SQLite && !strings.EqualFold(space, "main") && !dsn.IsAttached(db.dsn, space) {
		return nil, nil
	}
	err = db.inspect(ctx, db.dialect.TablesOf(space), "", func(r inspected) {
		name := r.name(0)
		_, local := schema.SplitName(name)
		if slices.Contains(sorts, r.text(1)) && local != HistoryTable && local != dialect.ActorTable {
			names = append(names, name)
		}
	})
	return names, err
}

// HasSchema reports whether a schema exists; it is true where statements make none.
func (db *DB) HasSchema(ctx context.Context, space string) (has bool, err error) {
	query := db.dialect.HasSchema(space)
	if query == "" {
		return true, nil
	}
	err = db.inspect(ctx, query, "", func(r inspected) { has = r.bool(0) })
	return has, err
}

// IsUnseen reports whether there is a table or an index of a name that the transaction of a context does not see,
// because it is newer than the snapshot; without a name, whether there may be any.
func (db *DB) IsUnseen(ctx context.Context, name string) (is bool, err error) {
	if query := db.dialect.Unseen(name); query != "" {
		err = db.inspect(ctx, query, "", func(r inspected) { is = r.bool(0) })
	}
	return is, err
}

// Referrers lists the other tables that refer to a table.
func (db *DB) Referrers(ctx context.Context, table string) ([]string, error) {
	var list []string
	space := ""
	if db.dialect.Features().LocalRefs {
		space, _ = schema.SplitName(table)
	}
	err := db.inspect(ctx, db.dialect.Referrers(), table, func(r inspected) {
		name := r.name(0)
		if space != "" {
			name = schema.JoinName(space, name)
		}
		list = append(list, name)
	})
	return list, err
}

// References lists which table refers to which other one, as pairs of their names.
func (db *DB) References(ctx context.Context) ([][2]string, error) {
	var list [][2]string
	err := db.inspect(ctx, db.dialect.References(), "",
		func(r inspected) { list = append(list, [2]string{r.name(0), r.name(1)}) })
	return list, err
}

// Describe reads what the database has under the name of a table or view: columns, indexes, constraints. A column of a
// type that no field is stored as is listed like the others, with the kind Null. Some rows of SQLite are read for the
// forms of columns. A table that does not exist is ErrNoTable.
func (db *DB) Describe(ctx context.Context, table string) (schema.Found, error) {
	found, err := db.InspectAll(ctx, table)
	if err == nil && !found.Exists {
		err = &driver.Error{Kind: driver.KindNoTable, Op: "describe", Table: table}
	}
	if err == nil {
		err = db.describeForms(ctx, table, &found)
	}
	return found, err
}

// InspectAll reads all that the database tells of a table or view, which [schema.Table.Compare] needs. That there is
// none is no error.
func (db *DB) InspectAll(ctx context.Context, table string) (schema.Found, error) {
	found, err := db.Inspect(ctx, table)
	if err != nil || !found.Exists {
		return found, err
	}
	group, space := "", ""
	local := db.dialect.Features().LocalRefs
	if local {
		space, _ = schema.SplitName(table)
	}
	err = db.inspect(ctx, db.dialect.ForeignKeys(), table, func(r inspected) {
		if id := r.text(0); id != group || found.ForeignKeys == nil {
			group = id
			found.ForeignKeys = append(found.ForeignKeys, schema.FoundForeignKey{
				Name: r.text(1), Table: r.text(3), OnDelete: r.text(5), OnUpdate: r.text(6), Deferrable: r.bool(7), Deferred: r.bool(10), Unchecked: r.bool(8),
				FullName: r.text(11),
			})
		}
		k := &found.ForeignKeys[len(found.ForeignKeys)-1]
		if local { // in the same database, of which SQLite does not speak
			k.Table, k.FullName = schema.JoinName(space, r.text(3)), schema.JoinName(cmp.Or(space, "main"), r.text(11))
		}
		k.Columns = append(k.Columns, r.text(2))
		k.TargetColumns = append(k.TargetColumns, r.text(4))
		if r.bool(9) {
			k.SetColumns = append(k.SetColumns, r.text(2))
		}
	})

	if err == nil {
		err = db.inspectPartitions(ctx, table, &found)
	}
	if query := db.dialect.Checks(); err == nil && query != "" {
		err = db.inspect(ctx, query, table, func(r inspected) {
			found.Checks = append(found.Checks, schema.FoundCheck{Name: r.text(0), Expr: r.text(1), Unchecked: r.bool(2)})
		})

	}
	if query := db.dialect.Definitions(); err == nil && query != "" {
		err = db.inspect(ctx, query, table, func(r inspected) {
			found.Definitions = append(found.Definitions, schema.Definition{Sort: r.text(0), Name: r.text(1), SQL: r.text(2)})
		})

		db.dialect.Complete(&found)
	}
	return found, err
}

// Dependents lists what lies on a table or uses it, and no model says anything of.
func (db *DB) Dependents(ctx context.Context, table string) (list []schema.Dependent, err error) {
	err = db.inspect(ctx, db.dialect.Dependents(), table, func(r inspected) {
		list = append(list, schema.Dependent{Sort: schema.DriftOf(r.text(0)), Name: r.text(1), Column: r.text(2), Text: r.text(3),
			Listed: r.bool(4), Holds: r.text(5)})
	})
	return list, err
}

// MaySuppress reports whether something in the database may keep a write from a row of a table without an error, such
// as a trigger.
func (db *DB) MaySuppress(ctx context.Context, table string) (may bool, err error) {
	err = db.inspect(ctx, db.dialect.Suppresses(), table, func(r inspected) { may = r.bool(0) })
	return may, err
}

// Rewrites reports whether a rule of a table rewrites what is inserted into it.
func (db *DB) Rewrites(ctx context.Context, table string) (rewrites bool, err error) {
	err = db.inspect(ctx, db.dialect.Rewrites(), table, func(r inspected) { rewrites = r.bool(0) })
	return rewrites, err
}

// NextKeys returns the next n values of the sequence that a column has its default from.
func (db *DB) NextKeys(ctx context.Context, table, column string, n int) (keys []int64, err error) {
	found, err := db.Inspect(ctx, table)
	if err != nil {
		return nil, err
	}
	c := found.Column(column)
	if c == nil || !c.Auto {
		return nil, fmt.Errorf("no sequence makes the values of %s; set it", column)
	}
	next := c.Default
	if next == "" { // an identity column
		next = "nextval(pg_catalog.pg_get_serial_sequence(" + quoted(db.dialect.Table(table)) + ", " + quoted(column) + "))"
	}
	each := " FROM pg_catalog.generate_series(1, " + strconv.Itoa(n) + ")"
	err = db.inspect(ctx, "SELECT "+next+each, "", func(r inspected) { keys = append(keys, r.int(0)) })
	if err == nil && len(keys) != n {
		err = fmt.Errorf("the sequence of %s made %d values of %d", column, len(keys), n)
	}
	return keys, err
}

// quoted returns a text as a constant.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Exists reports whether there is a table or a view of a name.
func (db *DB) Exists(ctx context.Context, table string) (exists bool, err error) {
	err = db.inspect(ctx, db.dialect.Exists(), table, func(inspected) { exists = true })
	return exists, err
}

// Inspect reads the columns and indexes under the name of a table, which is all that [schema.Table.Diff] needs. That
// there are none is no error.
func (db *DB) Inspect(ctx context.Context, table string) (schema.Found, error) {
	d := db.dialect
	found := schema.Found{FoldNames: d.Features().FoldNames, LocalRefs: d.Features().LocalRefs}
	err := db.inspectColumns(ctx, table, func(r inspected) {
		c := schema.FoundColumn{Name: r.name(0), Type: r.text(1), NotNull: r.bool(2), Key: r.bool(3), Default: r.text(4),
			NoCase: r.bool(5), Auto: r.bool(6), Generated: r.bool(7), Equating: r.bool(10), Domain: r.text(11), Native: r.native(), Dims: int(r.int(17)),
			Collation: r.text(18)}
		if d.ReadType(&c); c.Generated {
			c.Expr, c.Default = c.Default, ""
		}
		found.Materialized = r.bool(16)
		found.Exists, found.View, found.Partitioned, found.Columns = true, r.bool(8), r.bool(9), append(found.Columns, c)
	})

	if err != nil || !found.Exists {
		return found, err
	}
	err = db.inspect(ctx, d.Indexes(), table, func(r inspected) {
		name := r.name(0)
		i := slices.IndexFunc(found.Indexes, func(ix schema.FoundIndex) bool { return ix.Name == name })
		if i < 0 {
			i = len(found.Indexes)
			found.Indexes = append(found.Indexes, schema.FoundIndex{Name: name, Unique: r.bool(1), Partial: r.bool(2),
				Where:   r.text(6),
				Invalid: r.bool(8), Bound: r.bool(9), NullsNotDistinct: r.bool(10), Method: r.text(11), Ops: r.text(12),
				Exclude: r.bool(15)})
		}
		if r.bool(7) {
			found.Indexes[i].Include = append(found.Indexes[i].Include, r.text(3))
			return
		}
		found.Indexes[i].Columns = append(found.Indexes[i].Columns,
			schema.FoundIndexColumn{Name: r.text(3), Desc: r.bool(4), Expr: r.text(5), Nulls: r.text(13),
				Collation: r.text(14)})
	})

	return found, err
}

// SetsColumns reports whether the server has foreign keys that set some of their columns to NULL alone.
func (db *DB) SetsColumns(ctx context.Context) (sets bool, err error) {
	if query := db.dialect.SetsColumns(); query != "" {
		err = db.inspect(ctx, query, "", func(r inspected) { sets = r.bool(0) })
	}
	return sets, err
}

// Enum tells the enum type of a column of a model as that of a column which was found; without labels where the
// database has no such type.
func (db *DB) Enum(ctx context.Context, c *schema.Column) (found schema.FoundColumn, err error) {
	if query := db.dialect.EnumLabels(c); query != "" {
		found.Native.Type = db.dialect.Quote(c.Enum.Name)
		err = db.inspect(ctx, query, "", func(r inspected) { found.Native.Labels = append(found.Native.Labels, r.text(0)) })
	}
	return found, err
}

// NullsNotDistinct reports whether the server has unique indexes in which a NULL is equal to another one.
func (db *DB) NullsNotDistinct(ctx context.Context) (has bool, err error) {
	if query := db.dialect.NullsNotDistinct(); query != "" {
		err = db.inspect(ctx, query, "", func(r inspected) { has = r.bool(0) })
	}
	return has, err
}

// AllDefinitions lists the statements that made all that the database of a table has; nil where the catalog tells all.
func (db *DB) AllDefinitions(ctx context.Context, table string) (list []string, err error) {
	if query := db.dialect.AllDefinitions(); query != "" {
		err = db.inspect(ctx, query, table, func(r inspected) { list = append(list, r.text(0)) })
	}
	return list, err
}

// BrokenBy returns the sort and the name of the view or trigger for which a change of a table failed, because its
// definition would speak of what is not there; "" for another error.
func BrokenBy(err error) (sort, name string) { return sqlite.BrokenBy(err) }

// BrokenReferences lists the tables and views in the database of a table at which something refers to what is not
// there, each with what can then not be done to it. It is empty where the server sees to that.
func (db *DB) BrokenReferences(ctx context.Context, table string) (failed [][2]string, err error) {
	query, update := db.dialect.Sound()
	if query == "" {
		return nil, nil
	}
	space, _ := schema.SplitName(table)
	var list [][2]string
	var statements []string
	add := func(r inspected) {
		list, statements = append(list, [2]string{r.text(0), r.text(1)}), append(statements, r.text(2))
	}
	if err := db.inspect(ctx, query, table, add); err != nil {
		return nil, err
	}
	for _, name := range namesOf(list) {
		if db.inspect(ctx, update, schema.JoinName(space, name), add) != nil { // a view that is broken, or a virtual table that is not known here
			failed = append(failed, [2]string{name, "update"})
		}
	}
	for i, sql := range statements {
		if db.inspect(ctx, sql, "", func(inspected) {}) != nil {
			failed = append(failed, list[i])
		}
	}
	return failed, driver.Ended(ctx)
}

// namesOf lists the first of pairs, each once.
func namesOf(pairs [][2]string) (names []string) {
	for _, p := range pairs {
		names = append(names, p[0])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// HasRows reports whether a table has a row.
func (db *DB) HasRows(ctx context.Context, table string) (has bool, err error) {
	err = db.inspect(ctx, db.dialect.HasRows(table), "", func(r inspected) { has = r.bool(0) })
	return has, err
}

// Count runs a query of one number, such as how many rows a table has.
func (db *DB) Count(ctx context.Context, sql string) (n int64, err error) {
	return db.CountAbout(ctx, sql, "")
}

// CountAbout runs a query of one number about a table; see [dialect.Introspection].
func (db *DB) CountAbout(ctx context.Context, sql, table string) (n int64, err error) {
	err = db.inspect(ctx, sql, table, func(r inspected) { n = r.int(0) })
	return n, err
}

// inspected is a row of an introspection query. The first error is kept, and what is read after it is empty.
type inspected struct {
	driver.Rows
	err *error
}

// text reads a text; NULL is "".
func (r inspected) text(i int) string {
	if *r.err != nil || r.IsNull(i) {
		return ""
	}
	s, err := r.Text(i)
	*r.err = err
	return s
}

// native reads what the query Columns tells of a column's type.
func (r inspected) native() schema.Native {
	n := schema.Native{Type: r.text(12), Ordered: r.bool(13), Least: r.bool(14), Domain: r.text(11) != ""}
	if labels := r.text(15); labels != "" {
		if err := json.Unmarshal([]byte(labels), &n.Labels); err != nil && *r.err == nil {
			*r.err = err
		}
	}
	return n
}

// name reads the name of something, which is never NULL.
func (r inspected) name(i int) string {
	if *r.err == nil && r.IsNull(i) {
		*r.err = errUnnamed
	}
	return r.text(i)
}

var errUnnamed = errors.New("the database's catalog has a NULL name")

// int reads an integer; NULL is 0.
func (r inspected) int(i int) int64 {
	if *r.err != nil || r.IsNull(i) {
		return 0
	}
	n, err := r.Int(i)
	*r.err = err
	return n
}

// bool reads a boolean, or 0 and 1.
func (r inspected) bool(i int) bool {
	if *r.err != nil {
		return false
	}
	if b, err := r.Bool(i); err == nil {
		return b
	}
	return r.int(i) != 0
}

// inspect reads the rows of an introspection query; "" for the table is for one that takes no argument.
func (db *DB) inspect(ctx context.Context, sql, table string, read func(inspected)) error {
	arg := ""
	if table != "" {
		sql, arg = db.dialect.About(sql, table)
	}
	return db.ask(ctx, sql, table, arg, read)
}

// inspectColumns reads the rows of the query Columns, or of the cheaper one that tells the same.
func (db *DB) inspectColumns(ctx context.Context, table string, read func(inspected)) error {
	if query := db.dialect.UsualColumns(); query != "" {
		other := false
		err := db.inspect(ctx, query, table, func(r inspected) {
			if other = other || r.bool(19); !other {
				read(r)
			}
		})
		if err != nil || !other {
			return err
		}
	}
	return db.inspect(ctx, db.dialect.Columns(), table, read)
}

// ask reads the rows of a query with an argument, if it has a place for one.
func (db *DB) ask(ctx context.Context, sql, table, arg string, read func(inspected)) error {
	st := &driver.Statement{SQL: sql, Op: "inspect", Table: table}
	if arg != "" && strings.Contains(sql, "?") {
		st.Args = []schema.Value{schema.TextValue(schema.Text, arg)}
		if db.dialect.Features().NumberedArgs {
			st.SQL = strings.Replace(sql, "?", "$1", 1)
		}
	}
	begun := false
	once := func() error {
		return db.Read(ctx, st, driver.RowFunc(func(rows driver.Rows) error {
			var err error
			for err == nil && rows.Next() {
				begun = true
				read(inspected{rows, &err})
			}
			if err != nil { // what the server sent is not what was asked for
				return &driver.Error{Kind: driver.KindType, Op: st.Op, Table: st.Table, Detail: err.Error(), Err: err}
			}
			return nil
		}))
	}
	err := once()
	lost := driver.KindOf(err) == driver.KindConnection || driver.IsUnsent(err) || driver.IsStale(err)
	if lost && !begun && !driver.HasWaited(err) && !db.InTx(ctx) && ctx.Err() == nil {
		st.Attempt++ // on another connection
		db.Retries(ctx, st, err)
		err = once()
	}
	return err
}
