package histories

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

const (
	registerKeys  = 3
	registerSteps = 24 // of each goroutine
)

// Ensure that single rows are registers and counters, whose every history is linearizable: with one and two processes,
// with coalesced reads, while sessions are killed and contexts end.
// suite: 42
func TestRegisters(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p place) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		first := int64(1)
		for no, s := range settingsOf(p.Name) {
			t.Run(s.name, func(t *testing.T) {
				w := newWorld(t, 42, p, s)
				defer w.end(t)
				install[Register](t, w)
				install[Marked](t, w)
				registerHistories(t, w, seed+uint64(no)<<32, &first)
			})
		}
	})
}

var mixNames = []string{"register", "counter", "mixed", "marked"}

func registerHistories(t *testing.T, w *world, seed uint64, first *int64) {
	random := rand.New(rand.NewPCG(seed, 0))
	histories := dbtest.Size(2, 200)
	var calls, troubles int
	failures := map[string]int{}
	for no := range histories {
		j := job{Kind: "registers", Engine: w.engine.Name, DSN: w.engine.DSN, Seed: seed + uint64(no),
			Workers: 12 + random.IntN(5), Steps: w.steps(registerSteps), First: *first, Keys: registerKeys,
			Hasty: w.hasty, Coalesce: w.coalesce, Mix: mixNames[int(*first)/registerKeys%len(mixNames)]}
		*first += registerKeys
		a, n := w.make(t, j)
		troubles += n
		if a.Wrong != "" {
			t.Fatalf("history %d, seed %d: %s", no, j.Seed, a.Wrong)
		}
		a.Calls = append(a.Calls, w.lastReads(t, &j)...)
		if linearizable(a.Calls) != porcupine.Ok {
			t.Fatalf("history %d, seed %d: %s", no, j.Seed, describe(a.Calls))
		}
		calls += len(a.Calls)
		for kind, n := range a.Failures {
			failures[kind] += n
		}
	}
	t.Log(failures)
	if calls < 50*histories {
		t.Errorf("%d calls of %d histories had an answer, which shows little", calls, histories)
	}
	dbtest.Reportf(t, 42, "%s: %d histories of %d registers, %d calls, %d of unknown outcome, %d %s; "+
		"each linearizable", w.name, histories, registerKeys, calls, failures["unknown"], troubles, w.trouble)
}

// lastReads reads the registers when all is over.
func (w *world) lastReads(t *testing.T, j *job) (list []call) {
	t.Helper()
	for key := j.First; key < j.First+j.Keys; key++ {
		c := call{Client: 9999, Key: key, Input: input{Do: "read", By: "SQL"}, Call: now()}
		query := `SELECT value, version FROM register WHERE _id = $1`
		if j.Mix == "marked" {
			query = `SELECT value, version FROM marked WHERE _id = $1 AND deleted IS NULL`
		}
		rows, err := w.direct.Query(query, key)
		if err != nil {
			t.Fatal(err)
		}
		c.Output.Outcome = none
		for rows.Next() {
			if err := rows.Scan(&c.Output.Value, &c.Output.Version); err != nil {
				t.Fatal(err)
			}
			c.Output.Outcome, c.Output.Row = done, true
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
		c.Return = now()
		list = append(list, c)
	}
	return list
}

// install makes the table of a model.
func install[T any](t *testing.T, w *world) {
	t.Helper()
	is.New(t).NoErr(prom.NewRepo[T](prom.Using(w.past)).Install(context.Background()))
}

// Ensure that the checker finds what is wrong when an increment is two statements.
func TestRegisters_Broken(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p place) {
		w := newWorld(t, 42, p, setting{name: "calm", processes: 1})
		install[Register](t, w)
		for no := range 200 {
			j := job{Kind: "registers", Engine: p.Name, DSN: w.engine.DSN, Seed: rand.Uint64(), Workers: 8, Steps: 20,
				First: int64(1 + no), Keys: 1, Mix: "counter", Broken: "two statements"}
			a, _ := w.make(t, j)
			if linearizable(append(a.Calls, w.lastReads(t, &j)...)) == porcupine.Illegal {
				return
			}
		}
		t.Error("lost increments were not found in 200 histories")
	})
}
