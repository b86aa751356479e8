package differential_test

import (
	"context"
	"testing"
	"time"

	"github.com/prom-go/prom"
)

type (
	// Node is a row of a tree.
	Node struct {
		prom.Model
		Parent *prom.Ref[Node]
		Name   string
		Note   *string
		N      int
		M      *int
		Big    int64
		F      float64
		Wild   *float64
		At     time.Time
		Due    *time.Time
		On     bool
		Maybe  *bool
		Price  string          `prom:"decimal=12.2"`
		Items  prom.Many[Item] `prom:"via=owner_id"`
	}
	// Item belongs to a node, and perhaps to another one.
	Item struct {
		prom.Model
		Owner prom.Ref[Node]  `prom:"owner_id"`
		Spare *prom.Ref[Node] `prom:"spare_id"`
		Label string
		Score *int
		Cost  *string `prom:"decimal=12.2"`
		Made  time.Time
	}
)

var node = prom.Proto[Node]()

var (
	item       = prom.Proto[Item]()
	nodeID     = prom.NumberOf(node, &node.ID)
	nodeParent = prom.NullRefOf(node, &node.Parent)
	nodeName   = prom.TextOf(node, &node.Name)
	nodeNote   = prom.NullTextOf(node, &node.Note)
	nodeN      = prom.NumberOf(node, &node.N)
	nodeM      = prom.NullNumberOf(node, &node.M)
	nodeBig    = prom.NumberOf(node, &node.Big)
	nodeF      = prom.NumberOf(node, &node.F)
	nodeWild   = prom.NullNumberOf(node, &node.Wild)
	nodeAt     = prom.TimeOf(node, &node.At)
	nodeDue    = prom.NullTimeOf(node, &node.Due)
	nodeOn     = prom.OrderedOf(node, &node.On)
	nodeMaybe  = prom.NullOrderedOf(node, &node.Maybe)
	nodePrice  = prom.OrderedOf(node, &node.Price)
	nodeItems  = prom.ManyOf(node, &node.Items)

	itemID    = prom.NumberOf(item, &item.ID)
	itemOwner = prom.RefOf(item, &item.Owner)
	itemSpare = prom.NullRefOf(item, &item.Spare)
	itemLabel = prom.TextOf(item, &item.Label)
	itemScore = prom.NullNumberOf(item, &item.Score)
	itemCost  = prom.NullOrderedOf(item, &item.Cost)
	itemMade  = prom.TimeOf(item, &item.Made)
)

// model is a model of one engine, its rows, and what its terms are made of.
type model[T any] struct {
	repo  *prom.Repo[T]
	rows  []T
	id    *prom.NumberField[*T, int64]
	idOf  func(*T) int64
	terms map[any][]any // by kind[V]: maker[T, V]
	conds []func(w *world, depth int) cond[T]
}

// maker makes a term.
type maker[T, V any] func(w *world, depth int) term[T, V]

// world is what a query of one engine is made of.
type world struct {
	*source
	nodes *model[Node]
	items *model[Item]
}

// with returns w with a source of its own.
func (w *world) with(s *source) *world { return &world{s, w.nodes, w.items} }

// rows makes the rows of a seed.
func rows(s *source) ([]Node, []Item) {
	nodes, items := make([]Node, 36), make([]Item, 48)
	for i := range nodes {
		v := &nodes[i]
		*v = Node{Name: s.text(), N: s.int(), Big: s.big(), F: s.float(), At: s.time(), On: s.bool(), Price: s.decimal(),
			Note: maybe(s, s.text()), M: maybe(s, s.int()), Wild: maybe(s, s.wild()), Due: maybe(s, s.time()), Maybe: maybe(s,
				s.bool())}
		v.ID = int64(i + 1)
		if i > 3 {
			v.Parent = maybe(s, prom.NewRef[Node](int64(1+s.n(i))))
		}
	}
	for i := range items {
		v := &items[i]
		*v = Item{Owner: prom.NewRef[Node](int64(1 + s.n(20))), Spare: maybe(s, prom.NewRef[Node](int64(1+s.n(36)))),
			Label: s.text(),
			Score: maybe(s, s.int()), Cost: maybe(s, s.decimal()), Made: s.time()}
		v.ID = int64(i + 1)
	}
	return nodes, items
}

// maybe returns v or, in a third of the cases, nil.
func maybe[V any](s *source, v V) *V {
	if s.n(3) == 2 {
		return nil
	}
	return &v
}

// open makes the world of an engine. Two of its nodes are each other's parents.
func open(t *testing.T, dsn string, s *source) *world {
	t.Helper()
	db, err := new(prom.Registry).Open(dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	nodes, items := rows(s)
	ctx := context.Background()
	nodeRepo, itemRepo := prom.NewRepo[Node](prom.Using(db)), prom.NewRepo[Item](prom.Using(db))
	if err := nodeRepo.CreateMany(ctx, nodes); err != nil {
		t.Fatal(err)
	}
	for i, parent := range []int64{2, 1} {
		ref := prom.NewRef[Node](parent)
		nodes[i].Parent = &ref
		if err := nodeRepo.Update(ctx, &nodes[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := itemRepo.CreateMany(ctx, items); err != nil {
		t.Fatal(err)
	}
	return &world{nodes: nodeModel(nodeRepo, nodes), items: itemModel(itemRepo, items)}
}
