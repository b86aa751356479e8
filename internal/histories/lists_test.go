package histories

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/histories/elle"
)

const (
	listKeys = 6
	listTxns = 12 // of each goroutine
)

// levelsOf are the isolation levels that an engine has.
func levelsOf(engine string) []elle.Level {
	if engine == dbtest.NameSQLite {
		return []elle.Level{elle.Serializable}
	}
	return []elle.Level{elle.ReadCommitted, elle.Snapshot, elle.Serializable}
}

// Ensure that transactions have no anomaly that their isolation level forbids: with nested ones that fail, with
// retries, with one and two processes, while sessions are killed and contexts end.
// suite: 43
func TestLists(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p place) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		first := int64(forms)
		for no, s := range settingsOf(p.Name) {
			t.Run(s.name, func(t *testing.T) {
				w := newWorld(t, 43, p, s)
				defer w.end(t)
				install[List](t, w)
				install[Item](t, w)
				listHistories(t, w, seed+uint64(no)<<32, &first)
			})
		}
	})
}

func listHistories(t *testing.T, w *world, seed uint64, first *int64) {
	random := rand.New(rand.NewPCG(seed, 0))
	levels := levelsOf(w.engine.Name)
	histories := dbtest.Size(2, 100)
	var txns, ops, troubles int
	failures := map[string]int{}
	for no := range histories {
		j := job{Kind: "lists", Engine: w.engine.Name, DSN: w.engine.DSN, Seed: seed + uint64(no),
			Workers: 12 + random.IntN(5), Steps: w.steps(listTxns), First: *first, Keys: listKeys,
			Hasty: w.hasty, Level: levels[int(*first)/listKeys%len(levels)]}
		*first += listKeys
		a, n := w.make(t, j)
		troubles += n
		if a.Wrong != "" {
			t.Fatalf("history %d, seed %d: %s", no, j.Seed, a.Wrong)
		}
		a.Txns = append(a.Txns, w.lastLists(t, &j))
		if found := elle.Check(j.Level, a.Txns); len(found) > 0 {
			t.Fatalf("history %d, seed %d, %s, %s", no, j.Seed, j.Level, texts(a.Txns, found))
		}
		txns += len(a.Txns)
		for i := range a.Txns {
			ops += len(a.Txns[i].Ops)
		}
		for kind, n := range a.Failures {
			failures[kind] += n
		}
	}
	t.Log(failures)
	dbtest.Reportf(t, 43, "%s: %d histories of %d lists, %d transactions of %d steps, %d of unknown outcome, "+
		"%d repeated, %d %s; no anomaly that its level forbids",
		w.name, histories, listKeys, txns, ops, failures["unknown"], failures["retried"], troubles, w.trouble)
}

func texts(history []elle.Txn, found []elle.Anomaly) string {
	var b strings.Builder
	for i := range found {
		fmt.Fprintln(&b, found[i].Describe(history))
	}
	return b.String()
}

// lastLists reads all lists when all is over, by SQL of its own.
func (w *world) lastLists(t *testing.T, j *job) elle.Txn {
	t.Helper()
	txn := elle.Txn{Process: 9999, Invoked: now(), Outcome: elle.Committed}
	db := prom.NewRepo[List](prom.Using(w.past))
	reader := author{db: w.past, lists: db, items: prom.NewRepo[Item](prom.Using(w.past)), job: j}
	rows, err := reader.rowLists().All(context.Background())
	if err == nil {
		err = reader.sawRows(rows)
	}
	for list := j.First; err == nil && list < j.First+j.Keys; list++ {
		var items []Item
		if form(list) == formItems {
			if items, err = reader.itemsOf(list).All(context.Background()); err == nil {
				reader.sawItems(list, items)
			}
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	txn.Returned, txn.Ops = now(), reader.ops
	return txn
}

// Ensure that the checker finds what is wrong when transactions are not what they should be.
func TestLists_Broken(t *testing.T) {
	t.Parallel()
	tests := []struct {
		broken string
		level  elle.Level
		want   []string // one of them
	}{
		{"no transactions", elle.ReadCommitted, []string{elle.G0, elle.G1c, elle.G1b, elle.G1a}},
		{"no savepoints", elle.ReadCommitted, []string{elle.G1a, elle.Internal}},
		{"read committed", elle.Snapshot, []string{elle.GSingle, elle.GSingle + elle.RealTime, elle.GNonadjacent}},
		{"repeatable read", elle.Serializable, []string{elle.G2Item, elle.G2Item + elle.RealTime}},
	}
	each(t, func(t *testing.T, p place) {
		w := newWorld(t, 43, p, setting{name: "calm", processes: 1})
		install[List](t, w)
		install[Item](t, w)
		first := int64(forms)
		for _, tt := range tests {
			if p.Name == dbtest.NameSQLite && !strings.HasPrefix(tt.broken, "no ") {
				continue // it has one level
			}
			t.Run(tt.broken, func(t *testing.T) {
				for range 200 {
					j := job{Kind: "lists", Engine: p.Name, DSN: w.engine.DSN, Seed: rand.Uint64(), Workers: 12, Steps: listTxns,
						First: first, Keys: listKeys, Level: tt.level, Broken: tt.broken}
					first += listKeys
					a, _ := w.make(t, j)
					if a.Wrong != "" {
						t.Fatal(a.Wrong)
					}
					for _, found := range elle.Check(tt.level, append(a.Txns, w.lastLists(t, &j))) {
						for _, want := range tt.want {
							if found.Name == want {
								t.Log(want)
								return
							}
						}
					}
				}
				t.Errorf("none of %v was found in 200 histories", tt.want)
			})
		}
	})
}
