package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"time"

	"github.com/prom-go/prom"
)

//go:generate go run generate.go

// Numbered is a model for each type N, an array: its length makes the name of the table.
type Numbered[N any] struct {
	prom.Model
	Name   string `prom:"size=1..100,index"`
	Email  string `prom:"nocase,unique,max=200"`
	City   string
	Note   string `prom:"default=none"`
	Age    int32  `prom:"min=0,max=150"`
	Active bool
	Points int64 `prom:"index"`
}

// TableName tells the tables apart.
func (Numbered[N]) TableName() string { return fmt.Sprintf("numbered_%d", reflect.TypeFor[N]().Len()) }

// newNumbered does what package variables of one model do.
func newNumbered[N any](db *prom.DB) {
	prom.NewRepo[Numbered[N]](prom.Using(db))
	numbered := prom.Proto[Numbered[N]]()
	prom.TextOf(numbered, &numbered.Name)
	prom.TextOf(numbered, &numbered.Email)
	prom.NumberOf(numbered, &numbered.Age)
	prom.FieldOf(numbered, &numbered.Active)
	prom.NumberOf(numbered, &numbered.Points)
}

// startupEnv makes a process measure its start and end.
const startupEnv = "PROM_BENCH_STARTUP"

// Start is what the start of a process took.
type Start struct {
	Ns     int64
	Allocs uint64
	Bytes  uint64
}

// measureStart makes a hundred repos. A process can do that once: a second time the models are known.
func measureStart() (Start, error) {
	db, err := new(prom.Registry).Open("sqlite://:memory:")
	if err != nil {
		return Start{}, err
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	hundredRepos(db)
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	return Start{took.Nanoseconds(), after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc}, nil
}

// startup starts as many processes as there are rounds.
func startup(ctx context.Context, s *session) (*Result, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	l := &Line{Name: promName, Ops: 1}
	for range s.cfg.Rounds {
		cmd := exec.CommandContext(ctx, exe)
		cmd.Env = append(os.Environ(), startupEnv+"=1")
		out, err := cmd.Output()
		if err != nil {
			return nil, err
		}
		var st Start
		if err := json.NewDecoder(bytes.NewReader(out)).Decode(&st); err != nil {
			return nil, err
		}
		l.Ns = append(l.Ns, float64(st.Ns))
		l.Allocs, l.Bytes = float64(st.Allocs), float64(st.Bytes)
	}
	r := &Result{Unit: "100 repos with 5 fields each", Lines: []*Line{l}}
	r.summarize()
	return r, nil
}
