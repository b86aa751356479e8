package transfer_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/transfer"
)

// Shop, Article and Sale are the tables of a million rows.
type (
	Shop struct {
		prom.Model
		Name string `prom:"index"`
		City string
		Open bool
	}
	Article struct {
		prom.Model
		Shop   prom.Ref[Shop]
		Title  string `prom:"index"`
		Price  string `prom:"decimal=10.2"`
		Weight float64
		Tags   map[string]any
		Text   *string
	}
	Sale struct {
		prom.Model
		Article prom.Ref[Article] `prom:"article,index"`
		At      time.Time
		Count   int32
		Paid    bool
		Note    *string
	}
)

func sized(on *prom.DB) []prom.AnyRepo {
	return []prom.AnyRepo{prom.NewRepo[Shop](prom.Using(on)), prom.NewRepo[Article](prom.Using(on)),
		prom.NewRepo[Sale](prom.Using(on))}
}

// fillSized inserts n rows: one in a hundred is a shop, one in four an article.
func fillSized(t *testing.T, on *prom.DB, n int) {
	t.Helper()
	is := is.New(t)
	ctx := t.Context()
	shops, articles := n/100, n/4
	var shopIDs, articleIDs []int64 // which need not begin at 1
	const part = 5000
	for at := 0; at < shops; at += part {
		list := make([]Shop, min(part, shops-at))
		for i := range list {
			list[i] = Shop{Name: fmt.Sprintf("Shop %d", at+i), City: "Zürich", Open: i%3 > 0}
		}
		is.NoErr(prom.NewRepo[Shop](prom.Using(on)).CreateMany(ctx, list))
		for i := range list {
			shopIDs = append(shopIDs, list[i].ID)
		}
	}
	for at := 0; at < articles; at += part {
		list := make([]Article, min(part, articles-at))
		for i := range list {
			text := strings.Repeat("a text with some words ", i%4)
			list[i] = Article{Shop: prom.NewRef[Shop](shopIDs[(at+i)%shops]), Title: fmt.Sprintf("Article \"%d\"", at+i),
				Price: fmt.Sprintf("%d.%02d", i, i%100), Weight: float64(i) / 7, Tags: map[string]any{"b": i, "a": []any{"x",
					1.5}}, Text: &text}
			if i%5 == 0 {
				list[i].Text = nil
			}
		}
		is.NoErr(prom.NewRepo[Article](prom.Using(on)).CreateMany(ctx, list))
		for i := range list {
			articleIDs = append(articleIDs, list[i].ID)
		}
	}
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for at := 0; at < n-shops-articles; at += part {
		list := make([]Sale, min(part, n-shops-articles-at))
		for i := range list {
			list[i] = Sale{Article: prom.NewRef[Article](articleIDs[(at*7+i)%articles]),
				At:    start.Add(time.Duration(at+i) * time.Second),
				Count: int32(i % 10), Paid: i%2 == 0}
		}
		is.NoErr(prom.NewRepo[Sale](prom.Using(on)).CreateMany(ctx, list))
	}
}

// peak returns the greatest resident memory of the process in MB, 0 where the system does not tell.
func peak() float64 {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close() //nolint:errcheck // it was read
	for s := bufio.NewScanner(f); s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), "VmHWM:"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024
		}
	}
	return 0
}

// TestCopySize copies three tables from SQLite to PostgreSQL, and dumps and restores them, each in a process of its
// own, and prints seconds and memory. The full size has a million rows.
func TestCopySize(t *testing.T) {
	if from := os.Getenv("COPY_FROM"); from != "" {
		moveSized(t, from, os.Getenv("COPY_TO"), os.Getenv("COPY_WAY"))
		return
	}
	t.Parallel()
	is := is.New(t)
	n := dbtest.Size(20_000, 1_000_000)
	ways := map[string][2]string{}
	lite, post := dbtest.SQLite(t), dbtest.Postgres(t)
	ways["copy sqlite postgres"] = [2]string{lite, post}
	ways["copy postgres sqlite"] = [2]string{post, dbtest.SQLite(t)}
	order := []string{"copy sqlite postgres", "copy postgres sqlite"}
	if dbtest.Full() {
		ways["dump sqlite postgres"] = [2]string{lite, dbtest.Postgres(t)}
		ways["copy postgres postgres"] = [2]string{post, dbtest.Postgres(t)}
		ways["copy sqlite sqlite"] = [2]string{lite, dbtest.SQLite(t)}
		order = append(order, "dump sqlite postgres", "copy postgres postgres", "copy sqlite sqlite")
	}
	source, err := prom.Open(lite + "#" + t.Name())
	is.NoErr(err)
	fillSized(t, source, n)
	is.NoErr(source.Close())
	seconds := map[string]float64{}
	for _, way := range order {
		cmd := dbtest.Child(t, t.Name(), "COPY_FROM="+ways[way][0], "COPY_TO="+ways[way][1], "COPY_WAY="+way)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", way, err, out)
		}
		var took, mb float64
		for line := range strings.Lines(string(out)) {
			_, _ = fmt.Sscanf(line, "took %f s, %f MB", &took, &mb)
		}
		is.True(took > 0)
		seconds[way] = took
		t.Logf("%-24s %d rows: %.2f s, %.0f MB", way, n, took, mb)
		if strings.HasPrefix(way, "copy") && mb > 64 && !raceEnabled {
			t.Errorf("%s took %.0f MB of memory", way, mb)
		}
		equalSized(t, ways[way][0], ways[way][1])
	}
	if dbtest.Full() && 3*seconds["copy sqlite postgres"] > seconds["dump sqlite postgres"] {
		t.Errorf("the copy is not three times as fast as Dump and Restore")
	}
}

func moveSized(t *testing.T, from, to, way string) {
	t.Helper()
	is := is.New(t)
	source, target := kit.Open(t, from), kit.Open(t, to)
	is.NoErr(source.Ping(t.Context()))
	is.NoErr(target.Ping(t.Context()))
	start := time.Now()
	if strings.HasPrefix(way, "copy") {
		_, err := transfer.Copy(t.Context(), (*db.DB)(source), (*db.DB)(target),
			transfer.Options{Models: schemas(sized(source)...)})
		is.NoErr(err)
	} else {
		f, err := os.Create(t.TempDir() + "/dump")
		is.NoErr(err)
		is.NoErr(prom.Dump(t.Context(), f, sized(source)...))
		_, err = f.Seek(0, 0)
		is.NoErr(err)
		is.NoErr(prom.Restore(t.Context(), f, sized(target)...))
	}
	fmt.Printf("took %.3f s, %.1f MB\n", time.Since(start).Seconds(), peak())
}

// equalSized compares two databases row by row.
func equalSized(t *testing.T, from, to string) {
	t.Helper()
	a, b := kit.Open(t, from), kit.Open(t, to)
	equalRows(t, prom.NewRepo[Shop](prom.Using(a)), prom.NewRepo[Shop](prom.Using(b)))
	equalRows(t, prom.NewRepo[Article](prom.Using(a)), prom.NewRepo[Article](prom.Using(b)))
	equalRows(t, prom.NewRepo[Sale](prom.Using(a)), prom.NewRepo[Sale](prom.Using(b)))
}

func equalRows[T any](t *testing.T, a, b *prom.Repo[T]) {
	t.Helper()
	byKey := func(r *prom.Repo[T]) *prom.Query[T] {
		key, err := prom.FieldByName(r, "_id")
		if err != nil {
			t.Fatal(err)
		}
		return r.OrderBy(key.Asc())
	}
	shown := func(v *T) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Error(err)
		}
		return string(b)
	}
	n := 0
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	other := make(chan string, 1000)
	go func() {
		defer close(other)
		for v, err := range byKey(b).Stream(ctx) {
			if err != nil {
				t.Error(err)
				return
			}
			select {
			case other <- shown(v):
			case <-ctx.Done():
				return
			}
		}
	}()
	for v, err := range byKey(a).Stream(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		w, ok := <-other
		if !ok || shown(v) != w {
			t.Fatalf("%s: row %d differs", a.Schema().Name, n)
		}
	}
	if _, more := <-other; more {
		t.Fatalf("%s: there are more rows than %d", a.Schema().Name, n)
	}
}
