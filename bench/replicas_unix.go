//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// routedName is prom with reads=replicas.
const routedName = "prom, reads=replicas"

func init() {
	extras = append(extras, Source{ID: "routed", Title: "get by key: the primary, and a standby", Only: Postgres,
		hold: routed})
}

// routed compares a read of the primary with one that a standby answers, which follows it.
func routed(ctx context.Context, s *session) (_ *Result, err error) {
	var h host
	defer h.close()
	defer func() {
		if p := recover(); p != nil {
			failure, ok := p.(hostFailure)
			if !ok {
				panic(p)
			}
			err = errors.New(failure.text)
		}
	}()
	cluster := dbtest.NewCluster(&h, dbtest.ClusterConfig{Standbys: 1, Settings: []string{"shared_buffers=128MB"}})
	var entrants []*Entrant
	for _, e := range []struct{ name, dsn string }{
		{promName, cluster.Primary.Engine().DSN},
		{againName, cluster.Primary.Engine().DSN},
		{routedName, cluster.Hosts().DSN + "&reads=replicas"},
	} {
		db, err := new(prom.Registry).Open(e.dsn)
		if err != nil {
			return nil, err
		}
		h.Cleanup(func() { _ = db.Close() })
		items := prom.NewRepo[Tracked](prom.Using(db))
		one := Tracked{Name: "n"}
		if err := items.Create(ctx, &one); err != nil {
			return nil, err
		}
		get := func() error {
			_, err := items.Get(ctx, one.ID)
			return err
		}
		if err := answered(db, e.name == routedName, get); err != nil {
			return nil, err
		}
		entrants = append(entrants, &Entrant{Name: e.name, Run: repeat(get)})
	}
	c := &Contest{ID: "routed", Unit: "read", Entrants: entrants}
	return c.hold(s.cfg.Options, s.progress(c.ID))
}

// answered reads until a standby answers, if one is to.
func answered(db *prom.DB, standby bool, read func() error) error {
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if err := read(); err != nil || !standby {
			return err
		}
		for _, h := range db.Hosts() {
			if h.Role == prom.HostStandby && h.Reads > 0 {
				return nil
			}
		}
		if time.Now().After(end) {
			return fmt.Errorf("no standby answers: %+v", db.Hosts())
		}
	}
}
