package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

type All struct {
	prom.Model
	I8   int8
	I32  int32
	I64  int64
	U64  uint64
	F32  float32
	F64  float64
	NC   string `prom:"nocase"`
	T    string
	At   time.Time
	Raw  json.RawMessage
	M    map[string]int
	Opt  *int
	Dec  string `prom:"decimal=10.2,default=0"`
}
type P struct {
	prom.Model
	N string `prom:"unique"`
}
type C struct {
	prom.Model
	P prom.Ref[P] `prom:"p_id"`
}

func kind(err error) string {
	var e *prom.Error
	if errors.As(err, &e) {
		return fmt.Sprintf("[%s | cols=%v constr=%q] %v", e.Kind.Error(), e.Columns, e.Constraint, err)
	}
	return fmt.Sprint(err)
}

func TestP(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		ctx := context.Background()
		var b strings.Builder
		say := func(f string, a ...any) { fmt.Fprintf(&b, f+"\n", a...) }
		defer func() { fmt.Printf("=== %s\n%s", e.Name, b.String()) }()
		db, err := new(prom.Registry).Open(e.DSN)
		if err != nil { t.Fatal(err) }
		defer db.Close()
		r := prom.NewRepo[All](prom.Using(db))
		NC := prom.TextOf(func(a *All) *string { return &a.NC })
		T := prom.TextOf(func(a *All) *string { return &a.T })
		I8 := prom.NumberOf(func(a *All) *int8 { return &a.I8 })
		I64 := prom.NumberOf(func(a *All) *int64 { return &a.I64 })
		U64 := prom.NumberOf(func(a *All) *uint64 { return &a.U64 })
		F32 := prom.NumberOf(func(a *All) *float32 { return &a.F32 })
		base := func() *All { return &All{Dec: "1.50", At: time.Now(), Raw: json.RawMessage(`{"b": 1,  "a":2, "a":3}`)} }
		a := base(); a.NC = "Äpfel"; a.T = "Äpfel"; a.I8 = 127; a.I64 = math.MaxInt64; a.F32 = 0.1; a.F64 = math.Copysign(0, -1)
		say("create: %s", kind(r.Create(ctx, a)))
		say("raw back: %s", a.Raw)
		n, err := r.Where(NC.Eq("äpfel")).Count(ctx); say("nocase eq umlaut: %d %v", n, err)
		n, err = r.Where(NC.Eq("ÄPFEL")).Count(ctx); say("nocase eq ascii part: %d %v", n, err)
		n, err = r.Where(NC.Contains("PFEL")).Count(ctx); say("nocase Contains other case: %d %v", n, err)
		n, err = r.Where(T.EqFold("äPFEL")).Count(ctx); say("EqFold umlaut: %d %v", n, err)
		n, err = r.Where(F32.Eq(0.1)).Count(ctx); say("float32 eq: %d %v", n, err)
		_, err = r.AllRows().Update(ctx, I8.Add(1)); say("add int8 overflow: %s", kind(err))
		_, err = r.AllRows().Update(ctx, I64.Add(1)); say("add int64 overflow: %s", kind(err))
		_, err = r.AllRows().Update(ctx, U64.Sub(1)); say("uint64 below 0: %s", kind(err))
		a2 := base(); a2.U64 = math.MaxUint64; say("uint64 max: %s", kind(r.Create(ctx, a2)))
		a3 := base(); a3.F64 = math.NaN(); say("NaN: %s", kind(r.Create(ctx, a3)))
		a3 = base(); a3.F64 = math.Inf(1); say("Inf: %s", kind(r.Create(ctx, a3))); say("inf back %v", a3.F64)
		a3 = base(); a3.T = "a\x00"; say("NUL: %s", kind(r.Create(ctx, a3)))
		a3 = base(); a3.At = time.Date(10000,1,1,0,0,0,0,time.UTC); say("year: %s", kind(r.Create(ctx, a3)))
		a3 = base(); a3.At = time.Time{}; say("zero time: %s", kind(r.Create(ctx, a3))); say("zero back %v", a3.At.IsZero())
		for _, s := range []string{"a","B","Z","b","ä","é","z","_"} { x := base(); x.T = s; x.Opt = new(int); if err := r.Create(ctx, x); err != nil { t.Fatal(err) } }
		l, err := r.Where(T.In("a","B","Z","b","ä","é","z","_")).OrderBy(T.Asc()).All(ctx)
		var ss []string; for _, x := range l { ss = append(ss, x.T) }
		say("text order: %v %v", ss, err)
		// ids
		ps := prom.NewRepo[P](prom.Using(db))
		p1, p2 := &P{N: "1"}, &P{N: "2"}
		ps.Create(ctx, p1); ps.Create(ctx, p2)
		ps.Delete(ctx, p2); p3 := &P{N: "3"}; ps.Create(ctx, p3)
		say("id after deleting last: %d -> %d", 2, p3.ID)
		pe := &P{N: "x"}; pe.ID = p3.ID + 1; say("explicit: %s", kind(ps.Create(ctx, pe)))
		p4 := &P{N: "4"}; say("next after explicit: %s id %d", kind(ps.Create(ctx, p4)), p4.ID)
		say("unique: %s", kind(ps.Create(ctx, &P{N: "1"})))
		pd := &P{N: "d"}; pd.ID = 1; say("dup key: %s", kind(ps.Create(ctx, pd)))
		cs := prom.NewRepo[C](prom.Using(db))
		say("fk: %s", kind(cs.Create(ctx, &C{P: prom.RefTo[P](999)})))
		say("fk unset: %s", kind(cs.Create(ctx, &C{})))
		// tx with failed raw read
		err = db.Tx(ctx, func(ctx context.Context) error {
			_, err := ps.Where(ps.Raw("nonsense(")).All(ctx)
			say("raw syntax in tx: %s", kind(err))
			_, err = ps.Where(ps.Raw("no_such_col = 1")).All(ctx)
			say("raw missing col in tx: %s", kind(err))
			say("then write in tx: %s", kind(ps.Create(ctx, &P{N: "after"})))
			return nil
		})
		say("commit: %s", kind(err))
		err = db.Tx(ctx, func(ctx context.Context) error {
			say("dup in tx: %s", kind(ps.Create(ctx, &P{N: "1"})))
			say("then write in tx: %s", kind(ps.Create(ctx, &P{N: "after2"})))
			return nil
		})
		say("commit: %s", kind(err))
		// read outside while tx open
		ps.Install(ctx)
		db.Tx(ctx, func(tx context.Context) error {
			ps.Create(tx, &P{N: "invisible"})
			c, cancel := context.WithTimeout(ctx, 300*time.Millisecond); defer cancel()
			n, err := ps.Count(c); say("read outside open tx: %d %s", n, kind(err))
			return errors.New("x")
		})
		// canceled ctx in tx
		err = db.Tx(ctx, func(tx context.Context) error {
			c, cancel := context.WithCancel(tx); cancel()
			_, err := ps.Count(c); say("canceled stmt: %s", kind(err))
			say("after canceled: %s", kind(ps.Create(tx, &P{N: "ac"})))
			return nil
		})
		say("commit after canceled: %s", kind(err))
		err = db.Tx(ctx, func(tx context.Context) error { return ps.Create(tx, &P{N: "ro"}) }, prom.ReadOnly())
		say("write in ReadOnly tx: %s", kind(err))
		err = db.Tx(ctx, func(tx context.Context) error { return db.Tx(tx, func(context.Context) error { return nil }, prom.ReadOnly()) })
		say("nested with options: %s", kind(err))
		var leaked context.Context
		db.Tx(ctx, func(tx context.Context) error { leaked = tx; return nil })
		_, err = ps.Count(leaked); say("leaked tx ctx: %s", kind(err))
		_, err = ps.Query().Delete(ctx); say("delete unguarded: %s", kind(err))
		_, err = ps.Limit(3).Delete(ctx); say("delete limited: %s", kind(err))
		_, err = ps.Get(ctx, "1"); say("get string: %s", kind(err))
		_, err = ps.Get(ctx, 12345); say("get none: %s", kind(err))
		x, _ := ps.Get(ctx, 1); js, err := ps.JSON(x); say("JSON %s %v", js, err)
		js, err = json.Marshal(x); say("json.Marshal %s %v", js, err)
		f, err := ps.FieldByName("nope"); say("fieldbyname: %s", kind(err)); _ = f
		f, _ = ps.FieldByName("_id"); _, err = ps.Where(f.Eq("abc")).All(ctx); say("byname bad: %s", kind(err))
		f, _ = ps.FieldByName("_created"); _, err = ps.Where(f.Gt("2020-01-01")).All(ctx); say("byname time: %s", kind(err))
		say("offset -1: %s", kind(func() error { _, err := ps.Query().Offset(-1).All(ctx); return err }()))
		// concurrency install
		_ = sync.Mutex{}
		off, _ := new(prom.Registry).Open(e.With("install=off"))
		defer off.Close()
		type Fresh struct { prom.Model; A int }
		fo := prom.NewRepo[Fresh](prom.Using(off))
		_, err = fo.All(ctx); say("install=off: %s", kind(err))
		say("install=off Install(): %s", kind(fo.Install(ctx)))
		ch, _ := new(prom.Registry).Open(e.With("install=check"))
		defer ch.Close()
		fc := prom.NewRepo[Fresh](prom.Using(ch))
		_, err = fc.All(ctx); say("install=check: %s", kind(err))
		say("install=check Install(): %s", kind(fc.Install(ctx)))
		ro, _ := new(prom.Registry).Open(e.With("readonly=true"))
		defer ro.Close()
		fr := prom.NewRepo[Fresh](prom.Using(ro))
		_, err = fr.All(ctx); say("readonly missing: %s", kind(err))
		say("readonly write: %s", kind(fr.Create(ctx, &Fresh{})))
		say("readonly install: %s", kind(fr.Install(ctx)))
		// index added later
		type v1 struct { prom.Model; A int }
		type v2 struct { prom.Model; A int `prom:"unique"` }
		type v3 struct { prom.Model; A int; Must int }
		type v4 struct { prom.Model; A int; Must int `prom:"default=7"` }
		r1 := prom.NewRepo[v1](prom.Using(db), prom.Table("evolve")); r1.Create(ctx, &v1{A: 1}); 
		r2 := prom.NewRepo[v2](prom.Using(db), prom.Table("evolve")); 
		say("v2 create same: %s", kind(r2.Create(ctx, &v2{A: 1})))
		say("v2 install dup: %s", kind(r2.Install(ctx)))
		r3 := prom.NewRepo[v3](prom.Using(db), prom.Table("evolve"))
		say("v3 required with rows: %s", kind(r3.Create(ctx, &v3{})))
		r4 := prom.NewRepo[v4](prom.Using(db), prom.Table("evolve"))
		say("v4 default: %s", kind(r4.Create(ctx, &v4{Must: 1})))
		got, err := r4.Get(ctx, 1); say("old row: %+v %v", got, err)
		g := r4.New(); say("New must %d", g.Must)
		sql, args, err := ps.Where(ps.Raw("n = ?", "x")).Limit(2).SQL(); say("%s %v %v", sql, args, err)
	})
}
