package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prom-go/prom"
)

const promName = "prom"

// promVariant is prom with an option of its DSN that a single workload is about.
type promVariant struct {
	Name     string
	Engine   string
	Workload string
	About    string
	Options  string // of the DSN, each with an ampersand in front
	Repo     []prom.RepoOption
}

// promVariants are options that are compared with what prom does without them.
var promVariants = []promVariant{
	{Name: "prom, each write alone", Engine: SQLite, Workload: "group", About: "without group commit", Options: "&group_commit=off"},
	{Name: "prom, reads coalesced", Engine: Postgres, Workload: "coalesce", About: "with prom.BatchGets", Repo: []prom.RepoOption{prom.BatchGets()}},
}

func init() {
	const about = "the public API, a model without change tracking"
	for _, engine := range []string{Postgres, SQLite} {
		register(&Library{Name: promName, Engine: engine, Short: true, Times: rfc3339Times, About: about, Open: openProm(promVariant{}), Blog: openPromBlog})
	}
	for _, v := range promVariants {
		register(&Library{
			Name: v.Name, Engine: v.Engine, Short: true, Times: rfc3339Times, Only: []string{v.Workload},
			About: v.About, Open: openProm(v),
		})
	}
}

// The fields of Item, as a program would declare them.
var (
	item       = prom.Proto[Item]()
	itemID     = prom.NumberOf(item, &item.ID)
	itemAge    = prom.NumberOf(item, &item.Age)
	itemActive = prom.FieldOf(item, &item.Active)
	itemPoints = prom.NumberOf(item, &item.Points)
	itemCity   = prom.TextOf(item, &item.City)
)

type promPeer struct {
	db    *prom.DB
	items *prom.Repo[Item]
}

// promDSN returns the DSN of a place, with the settings that all peers of its engine have.
func promDSN(at Place) string {
	if at.DSN != "" {
		return fmt.Sprintf("%s&pool_max_conns=%d", at.DSN, at.Conns)
	}
	return fmt.Sprintf("sqlite://%s?_synchronous=%s&_pragma=cache_size(-%d)", at.File, at.synchronous(), sqliteCache)
}

// openProm returns what opens prom on the table that is there; that it is the one of the model is checked.
func openProm(v promVariant) func(ctx context.Context, at Place) (*Peer, error) {
	return func(ctx context.Context, at Place) (*Peer, error) {
		db, err := new(prom.Registry).Open(promDSN(at) + "&install=check" + v.Options)
		if err != nil {
			return nil, err
		}
		p := &promPeer{db, prom.NewRepo[Item](append(v.Repo, prom.Using(db))...)}
		if err := p.items.Install(ctx); err != nil {
			return nil, errors.Join(err, db.Close())
		}
		return p.peer(), nil
	}
}

func (p *promPeer) peer() *Peer {
	return &Peer{
		Insert:     p.items.Create,
		InsertMany: p.items.CreateMany,
		InsertTx:   p.insertBatch,
		Get:        func(ctx context.Context, id int64) (*Item, error) { return p.items.Get(ctx, id) },
		GetMany:    p.getMany,
		List:       p.list,
		Stream:     p.stream,
		Update:     p.items.Update,
		SetPoints:  p.setPoints,
		Upsert:     func(ctx context.Context, it *Item) error { return p.items.Upsert(ctx, it) },
		UpsertMany: p.upsertMany,
		Delete:     func(ctx context.Context, id int64) error { return p.items.DeleteKey(ctx, id) },
		Close:      func() { _ = p.db.Close() },
	}
}

// insertBatch inserts items one by one, by a batch.
func (p *promPeer) insertBatch(ctx context.Context, items []Item) error {
	var b prom.Batch
	for i := range items {
		prom.Queue(&b, p.items).Create(&items[i])
	}
	return b.Run(ctx)
}

// getMany gets rows by their keys.
func (p *promPeer) getMany(ctx context.Context, ids []int64) ([]Item, error) {
	return p.items.Where(itemID.In(ids...)).All(ctx)
}

func (p *promPeer) list(ctx context.Context, n int) ([]Item, error) {
	return p.items.Where(itemActive.Eq(true), itemAge.Gte(filterAge)).OrderBy(itemID.Desc()).Limit(n).All(ctx)
}

func (p *promPeer) stream(ctx context.Context, row func(*Item)) error {
	for it, err := range p.items.Stream(ctx) {
		if err != nil {
			return err
		}
		row(it)
	}
	return nil
}

// setPoints lets prom set the time of the update.
func (p *promPeer) setPoints(ctx context.Context, id, points int64, _ time.Time) error {
	_, err := p.items.Where(itemID.Eq(id)).Update(ctx, itemPoints.Set(points))
	return err
}
