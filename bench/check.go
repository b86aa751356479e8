package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// checkRows are the rows of the table in which equality is checked.
const checkRows = 200

// check makes sure that a peer reads what is there and leaves what it should, by doing everything once on a table of
// its own.
func check(ctx context.Context, db Database, lib *Library) (err error) {
	s, err := openSeat(ctx, db, lib, itemStock, checkRows, 4, false)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := s.Close(); err == nil {
			err = closeErr
		}
	}()
	c := checker{ctx: ctx, peer: s.Peer, table: s.Table, began: time.Now().Add(-time.Second)}
	for i := int64(1); i <= checkRows; i++ {
		c.want = append(c.want, seedItem(i))
	}
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"get", c.get}, {"get many", c.getMany}, {"list", c.list}, {"stream", c.stream}, {"insert", c.insert},
		{"insert many", c.insertMany}, {"insert in a transaction", c.insertTx}, {"update", c.update},
		{"set points", c.setPoints}, {"upsert", c.upsert}, {"delete", c.remove},
	} {
		err := step.do()
		if err == nil {
			err = c.left()
		}
		if err != nil {
			return fmt.Errorf("%s is not equal: %s: %w", lib.Name, step.name, err)
		}
	}
	return nil
}

// checker is a check and the rows that should be in the table.
type checker struct {
	ctx   context.Context
	peer  *Peer
	table Table
	want  []Item
	began time.Time // before anything was written
}

// left compares the table with what should be in it.
func (c *checker) left() error {
	got, err := c.table.Rows()
	if err != nil {
		return err
	}
	return c.same("the table", got, c.want)
}

func (c *checker) same(what string, got, want []Item) error {
	if len(got) != len(want) {
		return fmt.Errorf("%s has %d rows and should have %d", what, len(got), len(want))
	}
	for i := range got {
		if !c.equal(got[i], want[i]) {
			return fmt.Errorf("%s: row %d is\n%+v\nand should be\n%+v", what, i, got[i], want[i])
		}
	}
	return nil
}

// written marks a row whose time of update the library may have set by itself.
var written = time.Time{}

func (c *checker) equal(got, want Item) bool {
	if !got.Created.Equal(want.Created) {
		return false
	}
	if want.Updated.Equal(written) {
		if !got.Updated.Equal(epoch) && got.Updated.Before(c.began) {
			return false
		}
	} else if !got.Updated.Equal(want.Updated) {
		return false
	}
	got.Created, got.Updated = want.Created, want.Updated
	return got == want
}

func (c *checker) get() error {
	if c.peer.Get == nil {
		return nil
	}
	for _, id := range []int64{1, 7, checkRows} {
		it, err := c.peer.Get(c.ctx, id)
		if err != nil {
			return err
		}
		if err := c.same("the row", []Item{*it}, c.want[id-1:id]); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) getMany() error {
	if c.peer.GetMany == nil {
		return nil
	}
	items, err := c.peer.GetMany(c.ctx, []int64{9, 3, 101, 56})
	if err != nil {
		return err
	}
	slices.SortFunc(items, func(a, b Item) int { return int(a.ID - b.ID) })
	return c.same("the rows", items, []Item{c.want[2], c.want[8], c.want[55], c.want[100]})
}

func (c *checker) list() error {
	if c.peer.List == nil {
		return nil
	}
	var want []Item
	for _, it := range slices.Backward(c.want) {
		if it.matches() {
			want = append(want, it)
		}
	}
	for _, n := range []int{10, checkRows} {
		items, err := c.peer.List(c.ctx, n)
		if err != nil {
			return err
		}
		if err := c.same("the list", items, want[:min(n, len(want))]); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) stream() error {
	if c.peer.Stream == nil {
		return nil
	}
	var items []Item
	if err := c.peer.Stream(c.ctx, func(it *Item) { items = append(items, *it) }); err != nil {
		return err
	}
	return c.same("the stream", items, c.want)
}

func (c *checker) insert() error {
	if c.peer.Insert == nil {
		return nil
	}
	it := freshItems(1)[0]
	if err := c.peer.Insert(c.ctx, &it); err != nil {
		return err
	}
	return c.inserted([]Item{it}, freshItems(1))
}

// inserted checks what came back of new rows, and expects them in the table.
func (c *checker) inserted(got, fresh []Item) error {
	for i := range got {
		if got[i].ID <= checkRows {
			return fmt.Errorf("the key of row %d is %d", i, got[i].ID)
		}
		fresh[i].ID = got[i].ID
	}
	c.want = append(c.want, fresh...)
	slices.SortFunc(c.want, func(a, b Item) int { return int(a.ID - b.ID) })
	return c.same("what came back", got, fresh)
}

func (c *checker) insertMany() error {
	if c.peer.InsertMany == nil {
		return nil
	}
	// More than a chunk, so that the seam between two is seen.
	items := freshItems(bulkChunk + 10)
	if err := c.peer.InsertMany(c.ctx, items); err != nil {
		return err
	}
	return c.inserted(items, freshItems(bulkChunk+10))
}

func (c *checker) insertTx() error {
	if c.peer.InsertTx == nil {
		return nil
	}
	items := freshItems(txInserts)
	if err := c.peer.InsertTx(c.ctx, items); err != nil {
		return err
	}
	return c.inserted(items, freshItems(txInserts))
}

func (c *checker) update() error {
	if c.peer.Update == nil {
		return nil
	}
	it := freshItems(1)[0]
	it.ID, it.Created, it.Updated = 5, c.want[4].Created, epoch // prom does not write the time of creation again
	given := it
	if err := c.peer.Update(c.ctx, &it); err != nil {
		return err
	}
	given.Updated = written
	c.want[4] = given
	return nil
}

func (c *checker) setPoints() error {
	if c.peer.SetPoints == nil {
		return nil
	}
	if err := c.peer.SetPoints(c.ctx, 6, 123, epoch); err != nil {
		return err
	}
	c.want[5].Points, c.want[5].Updated = 123, written
	return nil
}

func (c *checker) upsert() error {
	if c.peer.Upsert == nil {
		return nil
	}
	for _, id := range []int64{8, firstFree} {
		it := freshItems(1)[0]
		it.ID, it.Updated = id, epoch
		if id == 8 {
			it.Created = c.want[7].Created
		}
		given := it
		if err := c.peer.Upsert(c.ctx, &it); err != nil {
			return err
		}
		given.Updated = written
		if id == 8 {
			c.want[7] = given
		} else {
			c.want = append(c.want, given)
		}
	}
	return nil
}

func (c *checker) remove() error {
	if c.peer.Delete == nil {
		return nil
	}
	if err := c.peer.Delete(c.ctx, 2); err != nil {
		return err
	}
	c.want = slices.Delete(c.want, 1, 2)
	return nil
}
