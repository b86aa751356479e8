package promcli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/promcli"
)

// Specimen has a column of each kind.
type Specimen struct {
	prom.Model
	Code   string `prom:"unique,size=1..20"`
	Flag   bool
	Small  int16
	Wide   uint64
	Single float32
	Double *float64
	Data   *[]byte
	Price  string `prom:"decimal=30.10"`
	At     time.Time
	Day    *time.Time    `prom:"date"`
	Clock  time.Duration `prom:"clock"`
	UUID   prom.UUID
	Tags   map[string]any
	Doc    *any `prom:"json"`
	Text   *string
	Words  []string
	Sizes  *[]int64
}

func specimens() []Specimen {
	text, empty, marked, half := "a,\"b\"\r\nc\rd\n\\N é ", "", "NULL", -0.5
	data, none, day, doc := []byte{0, 255, '\n'}, []byte{}, time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
		any(map[string]any{"x": nil})
	null := any(nil)
	return []Specimen{
		{Code: "full", Flag: true, Small: -32768, Wide: 1 << 62, Single: 0.1, Double: &half, Data: &data,
			Price: "-12345678901234567890.0123456789",
			At:    time.Date(2024, 5, 6, 7, 8, 9, 123456000, time.UTC), Day: &day, Clock: 24*time.Hour - time.Microsecond,
			UUID: prom.NewUUID(),
			Tags: map[string]any{"a": []any{1.0, nil, "\n"}}, Doc: &doc, Text: &text, Words: []string{"", "a,\"b\"\r\n"},
			Sizes: &[]int64{-1}},
		{Code: "empty", Price: "0", At: time.Unix(0, 0), UUID: prom.NewUUID(), Tags: map[string]any{}, Text: &empty,
			Data: &none, Words: []string{}},
		{Code: "null", Price: "1.5", At: time.Unix(1, 0), UUID: prom.NewUUID(), Tags: map[string]any{}, Doc: &null},
		{Code: "marked", Price: "1.5", At: time.Unix(1, 0), UUID: prom.NewUUID(), Tags: map[string]any{}, Text: &marked},
	}
}

// shownRows returns the rows of a table as JSON, one text each.
func shownRows[T any](t *testing.T, r *prom.Repo[T]) []string {
	t.Helper()
	is := is.New(t)
	key, err := prom.FieldByName(r, "_id")
	is.NoErr(err)
	list, err := r.OrderBy(key.Asc()).All(t.Context())
	is.NoErr(err)
	texts := make([]string, len(list))
	for i := range list {
		b, err := json.Marshal(list[i])
		is.NoErr(err)
		texts[i] = string(b)
	}
	return texts
}

// Ensure that what was exported is the same when it was imported, in both formats, from each engine into each, by
// models and by what is found.
func TestExportImport(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, from dbtest.Engine) {
		is := is.New(t)
		source := prom.NewRepo[Specimen](prom.Using(open(t, from.DSN)))
		is.NoErr(source.CreateMany(t.Context(), specimens()))
		want := shownRows(t, source)
		dir := t.TempDir()
		for _, format := range []string{"csv", "jsonl"} {
			file := filepath.Join(dir, "specimen."+format)
			models := []prom.AnyRepo{source}
			r := run(t, models, "export", "specimen", "-o", file, "--null", "NULL")
			is.Equal(r.err, "")
			is.Equal(r.code, promcli.CodeDone)
			again := run(t, models, "export", "specimen", "--format", format, "--null", "NULL")
			whole, err := os.ReadFile(file)
			is.NoErr(err)
			is.Equal(again.out, string(whole))
			dbtest.Each(t, func(t *testing.T, to dbtest.Engine) {
				is := is.New(t)
				target := prom.NewRepo[Specimen](prom.Using(open(t, to.DSN)))
				is.NoErr(prom.Install(t.Context(), target))
				models := []prom.AnyRepo{target}
				args := []string{"import", file, "specimen", "--null", "NULL"}
				if format == "csv" && from.Name == to.Name {
					models, args = nil, append(args, "--dsn", to.DSN) // by what is found
				}
				r := run(t, models, args...)
				is.Equal(r.err, "")
				is.Equal(r.code, promcli.CodeDone)
				is.Equal(shownRows(t, target), want)
				next := Specimen{Code: "next", Price: "1", At: time.Now(), UUID: prom.NewUUID()}
				is.NoErr(target.Create(t.Context(), &next)) // keys go on
				is.Equal(next.ID, int64(5))
				r = run(t, models, append(args, "--on-conflict", "skip")...)
				is.Equal(r.code, promcli.CodeDone)
				is.True(strings.Contains(r.out, "0 rows into specimen, 4 were there already"))
			})
		}
		r := run(t, nil, "export", "--all", "--dsn", from.DSN, "-o", filepath.Join(dir, "all"), "--format", "jsonl", "--json")
		is.Equal(r.err, "")
		is.True(strings.Contains(r.out, `"rows": 4`))
		_, err := os.Stat(filepath.Join(dir, "all", "specimen.jsonl"))
		is.NoErr(err)
	})
}

// Ensure that rows which the rules or the database refuse are written into a file, with reasons that hold no values,
// and that the others are imported.
func TestImportRejects(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		shelves, tomes := library(t, e.DSN, 1)
		file := filepath.Join(t.TempDir(), "tome.csv")
		is.NoErr(os.WriteFile(file, []byte("\ufeffName;Seiten;price;shelf;Fax\r\n"+
			"good;12;1.50;1;x\r\n"+
			"\"two\r\nlines\";;2;1;\r\n"+
			"secret1;many;1;1;\r\n"+
			";1;1;1;\r\n"+
			"this title is longer than thirty characters;1;1;1;\r\n"+
			"secret2;1;1.234;1;\r\n"+
			"secret3;1;1;99;\r\n"+
			"\r\n"+
			"short;1\r\n"+
			"a \"quote\";1;1;1;\r\n"+
			"last;1;1;1;"), 0o600))
		models := []prom.AnyRepo{shelves, tomes}
		args := []string{"import", file, "tome", "--delimiter", ";", "--map", "Name=title", "--map", "Seiten=pages",
			"--map", "Fax="}
		r := run(t, models, append(args, "--json")...)
		is.Equal(r.code, promcli.CodeFailed)
		is.True(strings.Contains(r.err, "refused 7 rows"))
		is.True(!strings.Contains(r.err+r.out, "secret"))
		is.True(strings.Contains(r.out, `"rows": 3`))
		text, err := os.ReadFile(file + ".rejects.jsonl")
		is.NoErr(err)
		reasons := map[int]string{}
		for line := range strings.Lines(string(text)) {
			var reject struct {
				Line   int
				Reason string
				Row    map[string]any
			}
			is.NoErr(json.Unmarshal([]byte(line), &reject))
			reasons[reject.Line] = reject.Reason
			is.True(!strings.Contains(reject.Reason, "secret"))
			if reject.Line == 5 {
				is.Equal(reject.Row["Name"], "secret1")
				is.Equal(reject.Row["Fax"], nil)
			}
		}
		is.Equal(len(reasons), 7)
		for line, part := range map[int]string{5: "column pages: the value is not of",
			6: "column title: a value is required", 7: "column title",
			8: "column price", 9: "foreign key", 11: "the line has 2 fields", 12: "a quote stands inside"} {
			if !strings.Contains(reasons[line], part) {
				t.Errorf("line %d: %q", line, reasons[line])
			}
		}
		n, err := tomes.Query().Count(t.Context())
		is.NoErr(err)
		is.Equal(n, 4)

		for _, wrong := range []struct{ text, said string }{
			{"title,nothing\nx,1\n", `no column "nothing"`}, {"", "the file is empty"}, {"title\nx\n", `no column "shelf"`},
			{"title,title\n", "twice"},
		} {
			is.NoErr(os.WriteFile(file, []byte(wrong.text), 0o600))
			r := run(t, models, "import", file, "tome")
			is.Equal(r.code, promcli.CodeFailed)
			is.True(strings.Contains(r.err, wrong.said))
		}
	})
}

// Ensure that rows which are there already are rejected, kept or overwritten.
func TestImportConflict(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		shelves, tomes := library(t, e.DSN, 2)
		file := filepath.Join(t.TempDir(), "tome.jsonl")
		lines := `{"_id":1,"title":"new","price":"3.00","shelf":1,"pages":7}` + "\n" +
			`{"_id":9,"title":"other","price":4,"shelf":1,"pages":null}` + "\nnonsense\n"
		is.NoErr(os.WriteFile(file, []byte(lines), 0o600))
		models := []prom.AnyRepo{shelves, tomes}
		title := func(id int64) string {
			v, err := tomes.Get(t.Context(), id)
			is.NoErr(err)
			return v.Title
		}
		r := run(t, models, "import", file, "tome", "--json")
		is.Equal(r.code, promcli.CodeFailed)
		is.True(strings.Contains(r.out, `"rejected": 2`)) // the key, and the line that is none
		is.True(title(1) != "new")
		is.Equal(title(9), "other")
		r = run(t, models, "import", file, "tome", "--json", "--on-conflict", "skip")
		is.True(strings.Contains(r.out, `"skipped": 2`))
		is.True(title(1) != "new")
		r = run(t, models, "import", file, "tome", "--json", "--on-conflict", "update")
		is.True(strings.Contains(r.out, `"rows": 2`))
		is.Equal(title(1), "new")
		next := Tome{Shelf: prom.NewRef[Shelf](1), Title: "next", Price: "1"}
		is.NoErr(tomes.Create(t.Context(), &next))
		is.Equal(next.ID, int64(10))
	})
}
