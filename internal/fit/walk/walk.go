package walk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// EnvDSN is the environment variable with the DSN of the n-th database; %d is n.
const EnvDSN = "PROM_FIT_DSN_%d"

// Main checks databases, each with its models, and exits: with 1 when it found faults. The n-th one is that of the
// environment variable [EnvDSN] n.
func Main(databases ...[]Model) {
	faults := 0
	for n, models := range databases {
		found, err := Check(context.Background(), os.Stdout, os.Getenv(fmt.Sprintf(EnvDSN, n)), models)
		if err != nil {
			fmt.Println("fault:", err)
			found++
		}
		faults += found
	}
	if faults > 0 {
		os.Exit(1)
	}
}

// walker checks one database.
type walker struct {
	source
	dsn    string
	out    io.Writer
	tables []table
	faults []string
	notes  []string
	// tables with triggers, which may change a row after it was returned
	triggers map[string]bool
	steps    int // numbers of its own that it has used
}

// EnvVerbose is the environment variable that has the list of what is not modelled printed.
const EnvVerbose = "PROM_FIT_VERBOSE"

// fault notes a fault.
func (w *walker) fault(t table, about, format string, args ...any) string {
	w.faults = append(w.faults, line(t, about, format, args...))
	return "FAULT"
}

// note notes what a reader should know.
func (w *walker) note(t table, about, format string, args ...any) string {
	w.notes = append(w.notes, line(t, about, format, args...))
	return "note"
}

func line(t table, about, format string, args ...any) string {
	text := strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " ")
	if len(text) > 600 {
		text = text[:600] + "…"
	}
	name := "database"
	if t != nil {
		name = t.schema().Name
	}
	return name + ": " + about + ": " + text
}

// Check checks the models of one database, prints what it did, and returns the number of faults.
func Check(ctx context.Context, out io.Writer, dsn string, models []Model) (faults int, err error) {
	db, err := new(prom.Registry).Open(dsn)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	w := &walker{source: source{db, map[string]schema.Found{}}, dsn: dsn, out: out}
	var repos []prom.AnyRepo
	for _, m := range models {
		t := m.on(db)
		w.tables = append(w.tables, t)
		repos = append(repos, t.repo())
		if w.found[t.schema().Name], err = db.Describe(ctx, t.schema().Name); err != nil {
			return 0, err
		}
	}
	if w.triggers, err = w.withTriggers(ctx); err != nil {
		return 0, err
	}
	before, by, err := w.dump(ctx, dsn)
	if err != nil {
		return 0, err
	}

	fmt.Fprintf(out, "%s, %d models\n", db.Dialect().Name(), len(w.tables))
	tab := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tab, "table\trows\tread\tleft out\tcreate\tupdate\tdelete\tmany\trelations\tpromtest")
	for _, t := range w.tables {
		n, read := w.read(ctx, t)
		cells := []string{t.schema().Name, fmt.Sprint(n), read, strings.Join(w.leftOut(t), " ")}
		cells = append(cells, w.writes(ctx, t)...)
		cells = append(cells, w.relations(ctx, t), w.promtest(ctx, t))
		for i, c := range cells {
			if c == "" {
				cells[i] = "-"
			}
		}
		fmt.Fprintln(tab, strings.Join(cells, "\t"))
	}
	_ = tab.Flush()

	plan, err := prom.Plan(ctx, repos...)
	switch {
	case err != nil:
		w.fault(nil, "plan", "%v", err)
	default:
		for _, s := range plan.Steps {
			w.fault(nil, "plan", "%s", s.String())
		}
		fmt.Fprintf(out, "plan: %d steps, %d not modelled\n", len(plan.Steps), len(plan.NotModelled))
		if os.Getenv(EnvVerbose) != "" {
			for _, d := range plan.NotModelled {
				fmt.Fprintln(out, "  not modelled:", d)
			}
		}
		for _, missing := range w.untold(ctx, plan) {
			w.fault(nil, "not modelled", "%s is neither in a model nor in the list", missing)
		}
		if os.Getenv(EnvConstructs) != "" {
			w.constructs(ctx, plan)
		}
	}
	if err == nil && len(plan.Steps) == 0 { // with all that may be allowed, nothing is done
		if done, err := prom.Apply(ctx, plan, prom.Additive, prom.Locking, prom.Rewriting, prom.Lossy); err != nil || len(done) > 0 {
			w.fault(nil, "apply", "%d steps: %v", len(done), err)
		}
	}
	if err := prom.Check(ctx, repos...); err != nil {
		w.fault(nil, "check", "%v", err)
	}
	if err := prom.Install(ctx, repos...); err != nil {
		w.fault(nil, "install", "%v", err)
	}
	after, _, err := w.dump(ctx, dsn)
	if err != nil {
		return 0, err
	}
	same := "identical"
	if before != after {
		same = w.fault(nil, "dump", "the schema changed: %s", difference(before, after))
	}
	fmt.Fprintf(out, "schema before and after, by %s: %s\n", by, same)
	for _, n := range w.notes {
		fmt.Fprintln(out, "note:", n)
	}
	for _, f := range w.faults {
		fmt.Fprintln(out, "fault:", f)
	}
	fmt.Fprintf(out, "%d faults\n\n", len(w.faults))
	return len(w.faults), nil
}

// difference returns the lines of two texts that one of them has alone.
func difference(a, b string) string {
	left, right := strings.Split(a, "\n"), strings.Split(b, "\n")
	var out []string
	for _, line := range left {
		if !slices.Contains(right, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range right {
		if !slices.Contains(left, line) {
			out = append(out, "+ "+line)
		}
	}
	return strings.Join(out, " ")
}

// leftOut returns the columns of the table that the model has no field for.
func (w *walker) leftOut(t table) (names []string) {
	for _, c := range w.found[t.schema().Name].Columns {
		if t.schema().Column(c.Name) == nil && !w.folds(t, c.Name) {
			names = append(names, c.Name)
			if c.Required() {
				w.fault(t, "left out", "the required column %s (%s)", c.Name, c.Type)
			}
		}
	}
	return names
}

func (w *walker) folds(t table, name string) bool {
	return w.found[t.schema().Name].FoldNames && slices.ContainsFunc(t.schema().Columns,
		func(c *schema.Column) bool { return strings.EqualFold(c.Name, name) })
}

// record returns a row of a model as texts, one for each column.
func recordOf(row reflect.Value, s *schema.Table) []string {
	out := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		out[i] = shown(row.FieldByIndex(c.Path), c)
	}
	return out
}

const between = "\x1f" // between the texts of a record

// byKey joins the texts of a record, those of the key first.
func byKey(record []string, s *schema.Table) string {
	var key, rest []string
	for i, c := range s.Columns {
		if c.Key {
			key = append(key, record[i])
		} else {
			rest = append(rest, record[i])
		}
	}
	return strings.Join(append(key, rest...), between)
}

// differ compares the rows of the database with those of the model, both as texts.
func (w *walker) differ(t table, about string, want, got []string) string {
	slices.Sort(want)
	slices.Sort(got)
	if slices.Equal(want, got) {
		return "equal"
	}
	if len(want) != len(got) {
		return w.fault(t, about, "%d rows instead of %d", len(got), len(want))
	}
	n := 0
	first := -1
	for i := range want {
		if want[i] != got[i] {
			if n++; first < 0 {
				first = i
			}
		}
	}
	a, b := strings.Split(want[first], between), strings.Split(got[first], between)
	var cols []string
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			cols = append(cols, fmt.Sprintf("%s: %.60q is read as %.60q", w.column(t, i), a[i], b[i]))
		}
	}
	return w.fault(t, about, "%d of %d rows differ, the first in %s", n, len(want), strings.Join(cols, "; "))
}

// column returns the name of the i-th text that byKey has joined.
func (w *walker) column(t table, i int) string {
	var names []string
	for _, key := range []bool{true, false} {
		for _, c := range t.schema().Columns {
			if c.Key == key {
				names = append(names, c.Name)
			}
		}
	}
	if i < len(names) {
		return names[i]
	}
	return "the related row"
}

// read compares all rows.
func (w *walker) read(ctx context.Context, t table) (n int, verdict string) {
	s := t.schema()
	texts, err := w.texts(ctx, "SELECT "+w.row("x", s)+" FROM "+w.quoteTable(s.Name)+" AS x")
	if err != nil {
		return 0, w.fault(t, "read by SQL", "%v", err)
	}
	want := make([]string, len(texts))
	for i, text := range texts {
		record, err := w.record(text, s)
		if err != nil {
			return 0, w.fault(t, "read by SQL", "%v", err)
		}
		want[i] = byKey(record, s)
	}
	rows, err := t.all(ctx)
	if err != nil {
		return len(want), w.fault(t, "All", "%v", err)
	}
	got := make([]string, rows.Len())
	for i := range got {
		got[i] = byKey(recordOf(rows.Index(i), s), s)
	}
	verdict = w.differ(t, "All", want, got)
	if len(s.Key) > 0 {
		if n, err := t.each(ctx); err != nil || n != len(want) {
			verdict = w.fault(t, "Each", "%d of %d rows: %v", n, len(want), err)
		}
		for i := range min(rows.Len(), 5) {
			row, err := t.get(ctx, keyOf(rows.Index(i), s)...)
			if err != nil {
				verdict = w.fault(t, "Get", "%v", err)
				break
			}
			if text := byKey(recordOf(reflect.ValueOf(row).Elem(), s), s); text != byKey(recordOf(rows.Index(i), s), s) {
				verdict = w.fault(t, "Get", "differs from All")
				break
			}
		}
	}
	return len(want), verdict
}

func keyOf(row reflect.Value, s *schema.Table) []any {
	key := make([]any, len(s.Key))
	for i, c := range s.Key {
		key[i] = plain(row.FieldByIndex(c.Path))
	}
	return key
}

// patience is how long one thing may take before it counts as hanging.
const patience = 60 * time.Second

// promtest has promtest make a row, with all that it needs, and rolls back.
func (w *walker) promtest(ctx context.Context, t table) string {
	if w.isView(t) {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r := &recorder{}
	err := r.run(func() {
		err := w.db.Tx(ctx, func(ctx context.Context) error {
			t.factory(ctx, r)
			return errUndo
		})
		if !errors.Is(err, errUndo) {
			r.Fatal(err)
		}
	})
	switch {
	case ctx.Err() != nil || r.panicked:
		return w.fault(t, "promtest", "%v", err)
	case err != nil: // rules and rows of others that a factory cannot know
		return w.note(t, "promtest", "%v", err)
	}
	return "ok"
}

// withTriggers returns the tables that have triggers.
func (w *walker) withTriggers(ctx context.Context) (map[string]bool, error) {
	query := "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"
	if w.isPostgres() {
		query = "SELECT DISTINCT unnest(ARRAY[c.relname::text, n.nspname || '.' || c.relname]) FROM pg_trigger t " +
			"JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace " +
			"WHERE NOT tgisinternal AND tgtype & 2 = 0" // those that fire after the row was written
	}
	names, err := w.texts(ctx, query)
	list := map[string]bool{}
	for _, n := range names {
		list[n] = true
	}
	return list, err
}

func (w *walker) isView(t table) bool { return w.found[t.schema().Name].View }

var errUndo = errors.New("undo")
