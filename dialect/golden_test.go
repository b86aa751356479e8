package dialect_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/schema"
)

var update = flag.Bool("update", false, "write the golden files anew")

var dialects = []dialect.Dialect{postgres.Dialect{}, sqlite.Dialect{}}

// golden compares text with a dialect's golden file.
func golden(t *testing.T, d dialect.Dialect, name, text string) {
	t.Helper()
	is := is.NewRelaxed(t)
	path := filepath.Join(d.Name(), "testdata", name+".sql")
	if *update {
		is.NoErr(os.MkdirAll(filepath.Dir(path), 0o755))
		is.NoErr(os.WriteFile(path, []byte(text), 0o644))
	}
	want, err := os.ReadFile(path)
	is.NoErr(err)
	wants, lines := strings.Split(string(want), "\n"), strings.Split(text, "\n")
	for i := range max(len(wants), len(lines)) {
		if i >= len(wants) || i >= len(lines) || wants[i] != lines[i] {
			t.Fatalf("%s differs from line %d on; see what -update makes of it", path, i+1)
		}
	}
}

func table(t testing.TB, i int) *schema.Table {
	t.Helper()
	tbl, err := schema.Of(models[i].typ)
	if err != nil {
		t.Fatal(err)
	}
	return tbl
}

// inlineSelf includes the references to a table that is there: the table's own.
func inlineSelf(t *schema.Table) func(*schema.Column) bool {
	return func(c *schema.Column) bool { return t.TargetOf(c) == t }
}

// createAll returns the statements that make a table and all that belongs to it.
func createAll(d dialect.Dialect, t *schema.Table, inline func(*schema.Column) bool) []string {
	stmts := append(d.Prerequisites(t.Columns), d.CreateTable(t, inline)...)
	for _, ix := range t.Indexes {
		stmts = append(stmts, d.CreateIndex(t, ix)...)
	}
	for _, c := range t.References() {
		if !inline(c) && t.Enforces(c) {
			if s := d.AddReference(t, c); s != "" {
				stmts = append(stmts, s)
			}
		}
	}
	return stmts
}

// Ensure that the DDL of every kind, option and hostile name is what the golden files show.
// parity: F2 F14 F22 F39 F41 F42 X1 X2 X3 A18 B15 B33 B41
func TestGoldenDDL(t *testing.T) {
	t.Parallel()
	for _, d := range dialects {
		for i, m := range models {
			t.Run(d.Name()+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				tbl := table(t, i)
				var b strings.Builder
				for _, s := range createAll(d, tbl, inlineSelf(tbl)) {
					fmt.Fprintf(&b, "%s;\n", s)
				}
				b.WriteByte('\n')
				for _, c := range tbl.Columns {
					for _, s := range d.AddColumn(tbl, c, nil) {
						fmt.Fprintf(&b, "%s;\n", s)
					}
				}
				golden(t, d, m.name, b.String())
			})
		}
	}
}

var kinds = []schema.Kind{
	schema.Bool, schema.Int16, schema.Int32, schema.Int64, schema.Uint64, schema.Float32, schema.Float64, schema.Text,
	schema.Bytes, schema.Decimal, schema.Time, schema.Date, schema.Clock, schema.UUID, schema.JSON,
}

// termKinds are the kinds that the first argument of a function of single values may have, as far as they are written
// differently.
func termKinds(fn dialect.Func) []schema.Kind {
	switch fn {
	case dialect.FuncRound, dialect.FuncCeil, dialect.FuncFloor, dialect.FuncSign, dialect.FuncPower, dialect.FuncSqrt, dialect.FuncInt, dialect.FuncDecimalOf:
		return []schema.Kind{schema.Int32, schema.Uint64, schema.Float32, schema.Float64}
	case dialect.FuncGreatest, dialect.FuncLeast:
		return []schema.Kind{schema.Int32, schema.Text, schema.Decimal, schema.Time}
	}
	switch {
	case fn < dialect.FuncDecimalAdd:
		return []schema.Kind{schema.Text}
	case fn < dialect.FuncDecimalOf:
		return []schema.Kind{schema.Decimal}
	case fn < dialect.FuncDayAdd:
		return []schema.Kind{schema.Time}
	case fn < dialect.FuncClockNanos:
		return []schema.Kind{schema.Date}
	}
	return []schema.Kind{schema.Clock}
}

// termArgs are arguments of a function of single values.
func termArgs(fn dialect.Func, expr string) []string {
	const other, zone = `"t"."d"`, "?::text"
	switch fn {
	case dialect.FuncRound, dialect.FuncDecimalRound, dialect.FuncDecimalOf:
		return []string{expr, "-2"}
	case dialect.FuncCeil, dialect.FuncFloor, dialect.FuncSign, dialect.FuncSqrt, dialect.FuncInt, dialect.FuncParseInt,
		dialect.FuncDecimalNeg, dialect.FuncDecimalAbs, dialect.FuncClockNanos:
		return []string{expr}
	case dialect.FuncLPad, dialect.FuncRPad:
		return []string{expr, "?::integer", "?::text"}
	case dialect.FuncDecimalDiv:
		return []string{expr, other, "4"}
	case dialect.FuncTimeAdd:
		return []string{expr, other, other}
	case dialect.FuncTimeDiff:
		return []string{expr, other, expr, other}
	case dialect.FuncTimeTrunc:
		return []string{expr, "4", zone}
	case dialect.FuncTimePart:
		return []string{expr, zone, "8"}
	case dialect.FuncTimeDate:
		return []string{expr, zone}
	case dialect.FuncTimeDays, dialect.FuncTimeMonths:
		return []string{expr, zone, other, zone}
	case dialect.FuncDayTrunc:
		return []string{expr, "3"}
	}
	return []string{expr, other}
}

// Ensure that expressions are what the golden files show.
// parity: Q7 Q10 Q11 Q12 Q18 Q30 Q31
func TestGoldenExpressions(t *testing.T) {
	t.Parallel()
	for _, d := range dialects {
		var b strings.Builder
		line := func(what, sql string) { fmt.Fprintf(&b, "-- %s\n%s;\n", what, sql) }
		const expr = `"t"."c"`
		for _, k := range kinds {
			c := &schema.Column{Kind: k}
			line("argument "+k.String(), d.Arg(k))
			line("operand "+k.String(), d.Operand(c, expr))
			line("in "+k.String(), d.In(c, expr, false))
			line("not in "+k.String(), d.In(c, expr, true))
			line("elements "+k.String(), d.Elements(c, `"k"`))
			if k.Number() && k != schema.Decimal {
				line("sum of "+k.String(), d.Add(c, expr, false))
				line("difference of "+k.String(), d.Add(c, expr, true))
			}
		}
		folded := &schema.Column{Kind: schema.Text, NoCase: true, Folded: true}
		line("operand nocase", d.Operand(folded, expr))
		line("operand of a computed nocase", d.Operand(folded, "a || b"))
		line("in nocase", d.In(folded, expr, false))
		line("equal texts", d.EqualTexts("t", "c"))
		for _, nocase := range []bool{false, true} {
			for _, fold := range []bool{false, true} {
				for _, not := range []bool{false, true} {
					for m := dialect.MatchLike; m <= dialect.MatchContains; m++ {
						line(fmt.Sprintf("match %d nocase=%t fold=%t not=%t", m, nocase, fold, not),
							d.Match(&schema.Column{Kind: schema.Text, NoCase: nocase}, expr, m, fold, not))
					}
				}
			}
		}
		for p := dialect.Year; p <= dialect.ISOYear; p++ {
			line(fmt.Sprintf("part %d of a time", p), d.DatePart(p, &schema.Column{Kind: schema.Time}, expr))
			line(fmt.Sprintf("part %d of a date", p), d.DatePart(p, &schema.Column{Kind: schema.Date}, expr))
		}
		for _, k := range []schema.Kind{schema.Text, schema.Bool, schema.Float64} {
			c := &schema.Column{Kind: k.List()}
			for fn := dialect.FuncListEq; fn <= dialect.FuncListJoin; fn++ {
				args := []string{expr, d.Typed(c.Kind)}
				switch fn {
				case dialect.FuncListAt, dialect.FuncListFromEnd:
					args[1] = d.Typed(schema.Int32)
				case dialect.FuncListRows:
					args[1] = "e"
				case dialect.FuncListRow:
					args = []string{"e"}
				case dialect.FuncListSlice:
					args = []string{expr, d.Typed(schema.Int32), d.Typed(schema.Int32)}
				case dialect.FuncListJoin:
					args[1] = d.Typed(schema.Text)
				}
				line(fmt.Sprintf("function %d of lists of %s", fn, k), d.Call(fn, c, args))
			}
			line("list of "+k.String(), d.Call(dialect.FuncListOf, c, []string{expr}))
		}
		for fn := dialect.FuncJSONText; fn <= dialect.FuncJSONType; fn++ {
			args := []string{expr, d.Typed(schema.Text), d.Typed(schema.Text.List()), d.Typed(schema.JSON)}
			switch fn {
			case dialect.FuncJSONContains, dialect.FuncJSONContainedBy, dialect.FuncJSONMerge:
				args = []string{expr, d.Typed(schema.JSON)}
			case dialect.FuncJSONHasAny, dialect.FuncJSONHasAll:
				args = []string{expr, d.Typed(schema.Text.List())}
			case dialect.FuncJSONMembers:
				args = []string{expr, d.Typed(schema.JSON), d.Typed(schema.Text.List())}
			}
			line(fmt.Sprintf("function %d of JSON", fn), d.Call(fn, &schema.Column{Kind: schema.JSON}, args))
		}
		for fn := dialect.FuncRound; fn <= dialect.FuncClockNanos; fn++ {
			for _, k := range termKinds(fn) {
				line(fmt.Sprintf("function %d of %s", fn, k), d.Call(fn, &schema.Column{Kind: k}, termArgs(fn, expr)))
			}
		}
		line("regular expression", d.Match(&schema.Column{Kind: schema.Text}, expr, dialect.MatchRegexp, false, false))
		line("no regular expression", d.Match(&schema.Column{Kind: schema.Text}, expr, dialect.MatchRegexp, false, true))
		line("fit of a decimal", d.Fit(&schema.Column{Kind: schema.Decimal, Precision: 12, Scale: 2}, expr))
		for _, k := range []schema.Kind{schema.Bool, schema.Int32, schema.Float64, schema.Text, schema.Bytes,
			schema.Decimal} {
			c := &schema.Column{Kind: k}
			for fn := dialect.FuncArrayAgg; fn <= dialect.FuncStddevSamp; fn++ {
				arg, distinct := expr, false
				switch {
				case fn == dialect.FuncArrayAgg:
					arg, distinct = d.Call(dialect.FuncListElem, c, []string{expr}), k == schema.Text
				case !k.Number():
					continue
				}
				call, as, err := d.Aggregate(fn, c, distinct, arg)
				if err != nil {
					t.Fatal(err)
				}
				line(fmt.Sprintf("aggregate %d of %s, as %q", fn, k, as), call)
			}
		}
		line("limit", d.Page(true, false))
		line("offset", d.Page(false, true))
		line("page", d.Page(true, true))
		golden(t, d, "expressions", b.String())
	}
	is := is.New(t)
	for _, d := range dialects {
		is.Equal(d.Page(false, false), "")
	}
}

// Ensure that the queries on the catalog, and the statements that destroy, are what the golden files show.
// parity: N1 N2 N4 N5 B35
func TestGoldenCatalog(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	for _, d := range dialects {
		var b strings.Builder
		lines := func(what string, list ...string) { fmt.Fprintf(&b, "-- %s\n%s;\n", what, strings.Join(list, ";\n")) }
		lines("tables", d.Tables())
		lines("columns", d.Columns())
		lines("columns of usual types", d.UsualColumns())
		lines("indexes", d.Indexes())
		lines("foreign keys", d.ForeignKeys())
		lines("references", d.References())
		lines("definitions", d.Definitions())
		lines("dependents", d.Dependents())
		lines("rows", d.HasRows(`a"b`))
		lines("drop", d.DropTables([]string{`a"b`, "cascade"})...)
		lines("drop a view", d.DropView(`a"b`, dialect.SortView))
		lines("drop a materialized view", d.DropView(`a"b`, dialect.SortMaterialized))
		lines("clear", d.ClearTables([]string{`a"b`, "cascade"})...)
		keys := []dialect.Constraint{{Table: `a"b`, Name: `c"d`}, {Table: "e", Name: "f", Deferrable: true}}
		lines("defer", d.DeferReferences(keys)...)
		lines("resume", d.ResumeReferences(keys)...)
		lines("count on", d.CountOn(`a"b`, `c'"d`))
		golden(t, d, "catalog", b.String())
		// and nothing, named "cascade" or not, when there is nothing
		is.Equal(len(d.DropTables(nil))+len(d.ClearTables(nil)), 0)
	}
}

// Ensure that features are those of the engines.
func TestFeatures(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.Equal(postgres.Dialect{}.Features(), dialect.Features{
		NumberedArgs: true, MaxArgs: 65535, ErrorAborts: true, ManyWriters: true, DefaultInRow: true, SearchPath: true, NullsEqual: true,
		StoresGenerated: true, Materialized: true, Overriding: "OVERRIDING SYSTEM VALUE",
		FoldsTexts: true, DistinctSort: true, Comments: true, JSONLast: true, Lateral: true,
		Conflicted: "pg_catalog.set_config('prom.conflict', ?::bigint::text, true) IS NOT NULL",
		Inserted:   "(pg_catalog.current_setting('prom.conflict', true) IS DISTINCT FROM ?::bigint::text)",
		InsertedEach: "CASE WHEN pg_catalog.current_setting('prom.conflict', true) = ?::bigint::text " +
			"THEN pg_catalog.set_config('prom.conflict', '', true) IS NULL ELSE true END"})
	is.Equal(sqlite.Dialect{}.Features(), dialect.Features{
		MaxArgs: 32766, NullsFirst: true, DeferredRefs: true, BareRefs: true, SignedOnly: true, FoldNames: true, FTS5: true, NoCaseASCII: true, StorageClasses: true, KeysReturn: true, LastKey: true,
		LikeScans: true, SeesUpdated: true, LocalRefs: true, KeyAlone: true, Conflicted: "prom_conflicted()", InsertedEach: "prom_inserted()"})
}
