package query_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type parcel struct {
	prom.Model
	Text string
	Null *string
	Data []byte
	JSON map[string]string
}

func (parcel) TableName() string { return "parcel" }

var (
	parcelProto = prom.Proto[parcel]()
	parcelID    = prom.NumberOf(parcelProto, &parcelProto.ID)
	parcelText  = prom.TextOf(parcelProto, &parcelProto.Text)
	parcelNull  = prom.NullTextOf(parcelProto, &parcelProto.Null)
	parcelData  = prom.OrderedOf(parcelProto, &parcelProto.Data)
	parcelJSON  = prom.JSONOf(parcelProto, &parcelProto.JSON)
)

// payloads are texts that would do harm if they became part of a statement: every head with every tail.
func payloads() []string {
	heads := []string{"", "'", `"`, "`", "''", `\'`, `\`, "')", `")`, "1", "$1", "?", "??", "$tag$", "$$", "x'", "E'\\'",
		"%", "_", "[", "*", "\u02bc", "\uff07", "\u2019", "/*", "{", `{"a":"`, "\n", "\ufeff", "é'"}
	tails := []string{"", "--", " -- ", "/*", "*/", "; DROP TABLE canary; --", " OR 1=1 --", " OR '1'='1",
		"); DELETE FROM canary; --", " UNION SELECT * FROM canary --", "; COMMIT; DROP TABLE canary",
		"$tag$; DROP TABLE canary; $tag$", "' || (SELECT 1) || '", `\'; DROP TABLE canary; --`, `\\'; DELETE FROM canary; --`, "? ?? $1 $2 :a @b ?1", "'::text", "\"}'", "%27%20OR%201=1", "'; SELECT pg_sleep(9); --", "'; PRAGMA writable_schema=1; --"}
	list := make([]string, 0, len(heads)*len(tails))
	for _, head := range heads {
		for _, tail := range tails {
			list = append(list, head+tail)
		}
	}
	return list
}

// finds are conditions of every operator that hold for the row that has the payload.
func finds(s string) map[string]prom.Cond[*parcel] {
	escaped := strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(s)
	return map[string]prom.Cond[*parcel]{
		"eq": parcelText.Eq(s), "in": parcelText.In("x",
			s), "gte": parcelText.Gte(s), "lte": parcelText.Lte(s), "between": parcelText.Between(s, s),
		"not ne": prom.Not(parcelText.Ne(s)), "not gt": prom.Not(parcelText.Gt(s)), "not lt": prom.Not(parcelText.Lt(s)), "not in": prom.Not(parcelText.NotIn("x", s)),
		"like": parcelText.Like(escaped), "not like": prom.Not(prom.Not(parcelText.Like(escaped))), "like~": prom.Fold(parcelText).Like(escaped), "eq~": prom.Fold(parcelText).Eq(s),
		"contains": parcelText.Contains(s), "contains~": prom.Fold(parcelText).Contains(s), "prefix": parcelText.HasPrefix(s), "prefix~": prom.Fold(parcelText).HasPrefix(s),
		"suffix": parcelText.HasSuffix(s), "suffix~": prom.Fold(parcelText).HasSuffix(s), "is": parcelNull.Is(&s), "not is not": prom.Not(parcelNull.IsNot(&s)),
		"bytes": parcelData.Eq([]byte(s)), "bytes in": parcelData.In([]byte(s)), "raw": prom.Raw(parcelProto,
			"text = ? AND '?' <> ?", s, s+"!"),
	}
}

// Ensure that no value can become a part of a statement: whatever is stored, assigned or asked for comes back as it
// was, the texts of all statements are the same for every value, and a table beside it is untouched. suite: 1
func TestInjection(t *testing.T) {
	t.Parallel()
	all := payloads()
	if len(all) < 500 {
		t.Fatal(len(all))
	}
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		db := kit.Open(t, e.DSN, log.Option())
		canary := prom.NewRepo[kit.Note](prom.Using(db), prom.Table("canary"))
		is.NoErr(canary.Create(ctx, &kit.Note{Title: "alive"}))
		repo := prom.NewRepo[parcel](prom.Using(db))
		created := make([]parcel, len(all))
		for i, s := range all {
			created[i] = parcel{Text: s, Null: &s, Data: []byte(s), JSON: map[string]string{s: s}}
		}
		is.NoErr(repo.CreateMany(ctx, created))
		updated := parcel{}
		is.NoErr(repo.Create(ctx, &updated))
		known := map[string]bool{}
		for i, s := range all {
			log.Take()
			if err := injected(ctx, repo, s, created[i].ID, &updated); err != nil {
				t.Errorf("%q: %v", s, err)
			}
			for _, text := range log.Take() {
				if i > 1 && !known[text] { // the first two have all of them: what is the same as it was is not written
					t.Errorf("%q: only this value has the statement %s", s, text)
				}
				known[text] = true
			}
		}
		is.Equal(kit.Count(t, repo.Query()), len(all)+1)
		is.Equal(kit.Count(t, canary.Where(kit.NoteTitle.Eq("alive"))), 1)
		dbtest.Reportf(t, 1, "%d payloads by %d operators, creates and updates: %d texts of statements", len(all),
			len(finds("")), len(known))
	})
}

// injected finds the row of a payload by every operator, and writes the payload to another row by an update of both
// kinds.
func injected(ctx context.Context, repo *prom.Repo[parcel], s string, id int64, other *parcel) error {
	conds := []prom.Cond[*parcel]{parcelID.Eq(id)}
	all, benign := finds(s), finds("x")
	for _, name := range slices.Sorted(maps.Keys(all)) {
		c := all[name]
		conds = append(conds, c)
		text, _, err := repo.Where(c).SQL()
		plain, _, err2 := repo.Where(benign[name]).SQL()
		if text != plain || err != nil || err2 != nil {
			return fmt.Errorf("%s: the statement is %s (%w)", name, text, errors.Join(err, err2))
		}
	}
	found, err := repo.Where(conds...).First(ctx)
	if err != nil {
		return err
	}
	_, err = repo.Where(parcelID.Eq(other.ID)).Update(ctx, parcelText.Set(s+"1"), parcelNull.Set(s),
		parcelData.Set([]byte(s)), parcelJSON.Set(map[string]string{s: s}))
	if err != nil {
		return err
	}
	if err := repo.Reload(ctx, other); err != nil {
		return err
	}
	other.Text = s
	if err := repo.Save(ctx, other); err != nil {
		return err
	}
	read, err := repo.Get(ctx, other.ID)
	if err != nil {
		return err
	}
	for what, p := range map[string]*parcel{"found": found, "saved": other, "read": read} {
		if p.Text != s || *p.Null != s || string(p.Data) != s || len(p.JSON) != 1 || p.JSON[s] != s {
			return errors.New(what + " is another value")
		}
	}
	other.Text = "" // so that the next one finds its own row alone
	return repo.Save(ctx, other)
}
