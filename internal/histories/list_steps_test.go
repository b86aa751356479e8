package histories

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/histories/elle"
)

// list returns a list of the history.
func (a *author) list() int64 { return a.job.First + a.random.Int64N(a.job.Keys) }

// The forms of lists, which a list's number tells.
const (
	formText   = iota // a text that is appended to
	formValues        // a list that is appended to
	formSaved         // a list that is read, appended to in Go, and saved
	formItems         // rows
	forms
)

func form(list int64) int64 { return list % forms }

// saw writes a read down.
func (a *author) saw(list int64, values []int64) {
	a.ops = append(a.ops, elle.Op{Kind: elle.Read, List: int(list), Values: slices.Clone(values)})
}

func (a *author) appended(list, value int64) {
	a.ops = append(a.ops, elle.Op{Kind: elle.Append, List: int(list), Value: value})
}

// values returns the values of a list that is a row.
func values(l *List) ([]int64, error) {
	if form(l.Number) != formText {
		return l.Values, nil
	}
	var list []int64
	for word := range strings.SplitSeq(strings.TrimSuffix(l.Text, ","), ",") {
		if word == "" {
			continue
		}
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, nil
}

// sawRows writes down the rows that a query has read among those of all lists that are rows.
func (a *author) sawRows(rows []List) error {
	found := map[int64]*List{}
	for i := range rows {
		found[rows[i].Number] = &rows[i]
	}
	for list := a.job.First; list < a.job.First+a.job.Keys; list++ {
		l := found[list]
		if form(list) == formItems {
			continue
		}
		if l == nil {
			l = &List{Number: list}
		}
		read, err := values(l)
		if err != nil {
			return err
		}
		a.saw(list, read)
	}
	return nil
}

func (a *author) sawItems(list int64, rows []Item) {
	var read []int64
	for _, i := range rows {
		read = append(read, i.Value)
	}
	a.saw(list, read)
}

func (a *author) itemsOf(list int64) *prom.Query[Item] {
	return a.items.Where(itemList.Eq(list)).OrderBy(itemPlace.Asc())
}

func (a *author) rowLists() *prom.Query[List] {
	return a.lists.Where(listNumber.Between(a.job.First, a.job.First+a.job.Keys-1))
}

// read reads one list or several.
func (a *author) read(ctx context.Context) error {
	list := a.list()
	switch n := a.random.IntN(8); {
	case n == 0:
		rows, err := a.rowLists().All(ctx)
		if err != nil {
			return err
		}
		return a.sawRows(rows)
	case n == 1:
		return a.batchRead(ctx, list)
	case form(list) != formItems:
		l, err := a.readRow(ctx, list)
		if errors.Is(err, prom.ErrNotFound) {
			l, err = &List{Number: list}, nil
		}
		if err != nil {
			return err
		}
		read, err := values(l)
		if err == nil {
			a.saw(list, read)
		}
		return err
	case n < 4:
		read, err := prom.Pluck(a.itemsOf(list), itemValue).All(ctx)
		if err == nil {
			a.saw(list, read)
		}
		return err
	case n < 6:
		var rows []Item
		for i, err := range a.itemsOf(list).Stream(ctx) {
			if err != nil {
				return err
			}
			rows = append(rows, *i)
		}
		a.sawItems(list, rows)
	default:
		rows, err := a.itemsOf(list).All(ctx)
		if err != nil {
			return err
		}
		a.sawItems(list, rows)
	}
	return nil
}

func (a *author) readRow(ctx context.Context, list int64) (*List, error) {
	if a.one(2) {
		return a.lists.Get(ctx, list)
	}
	return a.lists.Where(listNumber.Eq(list)).First(ctx)
}

// batchRead reads all lists that are rows, and the items of one.
func (a *author) batchRead(ctx context.Context, list int64) error {
	var b prom.Batch
	rows := prom.Queue(&b, a.lists).All(a.rowLists())
	items := prom.Queue(&b, a.items).All(a.itemsOf(list))
	if err := b.Run(ctx); err != nil {
		return err
	}
	l, err := rows.Value()
	if err != nil {
		return err
	}
	i, err := items.Value()
	if err != nil {
		return err
	}
	if form(list) == formItems {
		a.sawItems(list, i)
	}
	return a.sawRows(l)
}

// fail inserts a row that is mostly there.
func (a *author) fail(ctx context.Context) error {
	list := a.list()
	err := a.lists.Create(ctx, &List{Number: list})
	if err == nil && form(list) != formItems && a.one(2) {
		a.saw(list, nil) // there was none, and nobody has another one before this transaction ends
	}
	return err
}

func (a *author) append(ctx context.Context, list int64) (err error) {
	a.serial++
	value := (int64(a.id)+1)*1_000_000 + a.serial
	switch form(list) {
	case formText:
		err = a.appendText(ctx, list, value)
	case formValues:
		err = a.appendValue(ctx, list, value)
	case formSaved:
		err = a.save(ctx, list, value)
	case formItems:
		err = a.insert(ctx, list, value)
	}
	if err == nil {
		a.appended(list, value)
	}
	return err
}

func (a *author) appendText(ctx context.Context, list, value int64) error {
	text := fmt.Sprint(value, ",")
	if a.one(2) {
		n, err := a.lists.Where(listNumber.Eq(list)).Update(ctx,
			listText.SetTo(prom.Concat(listText, prom.Val(listProto, text))))
		if err != nil || n == 1 {
			return err
		}
	}
	_, err := a.lists.OnConflict(listNumber).Update(listText.SetTo(prom.Concat(listText, prom.Excluded(listText)))).
		Create(ctx, &List{Number: list, Text: text})
	return err
}

// there has the row of a list be there.
func (a *author) there(ctx context.Context, list int64) error {
	_, err := a.lists.OnConflict(listNumber).DoNothing().Create(ctx, &List{Number: list})
	return err
}

func (a *author) appendValue(ctx context.Context, list, value int64) error {
	for range 2 {
		if a.one(2) {
			rows, err := prom.UpdateReturning(ctx, a.lists.Where(listNumber.Eq(list)), listValues.Append(value))
			if err == nil && len(rows) == 1 && rows[0].Values[len(rows[0].Values)-1] != value {
				err = fmt.Errorf("%d was appended, and the row returned has %v", value, rows[0].Values)
			}
			if err != nil || len(rows) == 1 {
				return err
			}
		} else if n, err := a.lists.Where(listNumber.Eq(list)).Update(ctx, listValues.Append(value)); err != nil || n == 1 {
			return err
		}
		if err := a.there(ctx, list); err != nil {
			return err
		}
	}
	return fmt.Errorf("the list %d was made and is not there", list)
}

// save reads the row of a list, with a lock or in the hope that its version stays, and saves it with another value.
func (a *author) save(ctx context.Context, list, value int64) error {
	q := a.lists.Where(listNumber.Eq(list))
	if a.one(2) && a.db.InTx(ctx) {
		q = q.ForUpdate()
	}
	for range 5 {
		l, err := q.First(ctx)
		if errors.Is(err, prom.ErrNotFound) {
			if err := a.there(ctx, list); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		if a.db.InTx(ctx) { // outside, the read is a transaction of its own
			a.saw(list, l.Values)
		}
		l.Values = append(l.Values, value)
		if err := a.lists.Save(ctx, l); !errors.Is(err, prom.ErrStale) {
			return err
		}
	}
	return &prom.Error{Kind: prom.ErrStale}
}

// insert inserts a row behind the others of a list. When somebody else takes its place it tries the next one, after a
// nested transaction that has failed.
func (a *author) insert(ctx context.Context, list, value int64) error {
	for range 5 {
		last, err := prom.Scalar(ctx, a.items.Where(itemList.Eq(list)), prom.OrValue(prom.Max(itemPlace), 0))
		if err != nil {
			return err
		}
		item := Item{List: list, Place: last + 1, Value: value}
		err = a.db.Tx(ctx, func(ctx context.Context) error { return a.items.Create(ctx, &item) })
		if !errors.Is(err, prom.ErrUnique) {
			return err
		}
	}
	return &prom.Error{Kind: prom.ErrUnique}
}

// statement does something outside of transactions, which is one by itself.
func (a *author) statement() {
	ctx, cancel := hurried(a.job, a.random)
	defer cancel()
	a.ops = nil
	invoked := now()
	switch a.random.IntN(3) {
	case 0:
		rows, err := a.rowLists().All(ctx)
		if err == nil {
			err = a.sawRows(rows)
		}
		a.end(invoked, err)
	case 1:
		list := a.list()
		a.serial++
		value := (int64(a.id)+1)*1_000_000 + a.serial
		if form(list) != formText {
			return
		}
		a.appended(list, value)
		_, err := a.lists.OnConflict(listNumber).Update(listText.SetTo(prom.Concat(listText, prom.Excluded(listText)))).
			Create(ctx, &List{Number: list, Text: fmt.Sprint(value, ",")})
		a.end(invoked, err)
	case 2:
		a.batch(ctx)
	}
}

// batch appends to two lists and reads them, in a batch outside of transactions. The rows are made before, so that a
// batch of unknown outcome has appended to both or to none.
func (a *author) batch(ctx context.Context) {
	var b prom.Batch
	var counted []*prom.Result[int]
	for list := a.job.First; list < a.job.First+a.job.Keys; list++ {
		if form(list) != formValues {
			continue
		}
		if err := a.there(ctx, list); err != nil {
			a.ops = nil
			return
		}
		a.serial++
		value := (int64(a.id)+1)*1_000_000 + a.serial
		q := a.lists.Where(listNumber.Eq(list))
		counted = append(counted, prom.Queue(&b, a.lists).UpdateWhere(q, listValues.Append(value)))
		a.appended(list, value)
	}
	invoked := now()
	rows := prom.Queue(&b, a.lists).All(a.rowLists())
	err := b.Run(ctx)
	if err != nil {
		a.end(invoked, err)
		return
	}
	for _, c := range counted {
		if n, err := c.Value(); err != nil || n != 1 {
			a.wrong = errors.Join(fmt.Errorf("a batch has updated %d rows and not one", n), err)
		}
	}
	list, err := rows.Value()
	if err == nil {
		err = a.sawRows(list)
	}
	a.end(invoked, err)
}
