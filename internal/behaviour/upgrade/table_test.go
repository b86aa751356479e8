package upgrade_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

// tables are the models of all kept databases, those referred to first. The rows and the models are those of
// databases that cannot be made again, so none of them may ever change: what a later version brings is for a model of
// its own, at the end.
var tables = []table{
	&model[Every]{rows: everyRows, more: func(v *Every) { everyMore(v) }},
	&model[EveryPointer]{rows: nullable[EveryPointer]},
	&model[EveryNull]{rows: nullable[EveryNull]},
	&model[Listed]{rows: listedRows},
	&model[Huge]{rows: hugeRows, postgres: true},
	&model[Custom]{rows: customRows, more: func(v *Custom) {
		row := customRows()[1]
		row.Model = v.Model
		*v = row
	}},
	&model[Defaulted]{rows: defaultedRows, more: defaultedMore},
	&model[Ruled]{rows: ruledRows, more: func(v *Ruled) {
		row := ruledRows()[0]
		row.Model = v.Model
		*v = row
	}},
	&model[Named]{rows: namedRows, more: func(v *Named) { v.Unique, v.Note = 3, "more" }},
	&model[Indexed]{rows: indexedRows, more: func(v *Indexed) {
		*v = Indexed{Model: v.Model, Plain: "more", Unique: "more", Price: "2.00", First: "more", Folded: "more",
			Serial: id(99), Kind: "c", UDesc: second(99)}
	}},
	&model[Counted]{rows: countedRows, create: createCounted, more: func(v *Counted) { v.Name = "more" }},
	&model[Numbered]{rows: numberedRows, more: func(v *Numbered) { v.Number = 8 }},
	&model[Country]{rows: countryRows, more: func(v *Country) { v.Code, v.Name = "xx", "More" }},
	&model[Word]{rows: wordRows, more: func(v *Word) { v.Word, v.Origin = "more", new(prom.NewRefBy[Word]("ALPHA")) },
		moreRead: func(v *Word) {
			v.Origin = new(prom.NewRefBy[Word]("ALPHA"))
		}},
	&model[Token]{rows: tokenRows, more: func(v *Token) { v.What = "more" }},
	&model[Ticket]{rows: ticketRows},
	&model[Serial]{rows: serialRows, more: func(v *Serial) { v.Serial = id(100).String() }},
	&model[Purchase]{rows: purchaseRows, more: func(v *Purchase) { v.Shop, v.Number = 9, 9 }},
	&model[Slot]{rows: slotRows, more: func(v *Slot) {
		v.Day, v.Price, v.Color, v.Token, v.Room = day(2), "1.00", Blue,
			id(3), "more"
	}},
	&model[Logged]{rows: loggedRows, more: func(v *Logged) { v.At, v.Text = second(70), "more" }},
	&model[Artist]{rows: artistRows, create: createArtists, more: func(v *Artist) {
		v.Name, v.Country, v.Best = "More", prom.NewRefBy[Country]("fr"), new(prom.NewRef[Record](3))
	}},
	&model[Record]{rows: recordRows, create: createRecords, more: func(v *Record) {
		v.Artist, v.Ticket = prom.NewRef[Artist](2), prom.NewRefBy[Ticket](id(1))
	}},
	&model[Friendship]{rows: friendshipRows, more: func(v *Friendship) {
		v.One, v.Other, v.Since = prom.NewRef[Artist](3),
			prom.NewRef[Artist](1), day(4)
	}},
	&model[Line]{rows: lineRows, more: func(v *Line) { v.Shop, v.Number = 1, 3 }},
	&model[Deed]{rows: deedRows, create: createDeeds, more: func(v *Deed) { v.Parcel, v.Owner = "more", "more" }},
	&model[Draft]{rows: draftRows, create: createDrafts, more: func(v *Draft) { v.Slug = "more" }},
	&model[Person]{rows: personRows, evolve: createPeople, more: func(v *Person) { v.Name, v.Fee = "More", "1.00" }},
	&model[Ledger]{rows: ledgerRows, evolve: createLedger, more: func(v *Ledger) { v.Account, v.Amount = "more", "1.00" }},
	&model[Score]{rows: scoreRows, more: func(v *Score) { v.Price, v.Serial = "3.00", id(250) }},
	&model[Event]{rows: eventRows, more: func(v *Event) { v.Seq = 1 << 60 }},
	&model[Ranged]{rows: rangedRows, more: func(v *Ranged) { v.Name = "more" }},
	&model[Searched]{rows: searchedRows, more: func(v *Searched) { v.Slug, v.Title = "more", "More words" }},
	&model[Filled]{rows: filledRows, more: func(v *Filled) {
		v.Name, v.Price, v.Count, v.Total, v.State = "more", 2, 3, 6, "new"
	}},
	&model[Guild]{rows: guildRows, more: func(v *Guild) { v.Code, v.Seat.Town = "more", "more" }},
	&model[Guilder]{rows: guilderRows, more: func(v *Guilder) { v.ID, v.Guild, v.Home.Town, v.Warden = 9, "a", "more", prom.NewRef[Guilder](9) }},
}

// everyMore sets what has to be set of a row.
func everyMore(v *Every) {
	row := everyRows()[2]
	row.Model = v.Model
	*v = row
}

// defaultedMore checks that a new value has the constants, and leaves the rest to Create.
func defaultedMore(v *Defaulted) {
	want := constants()
	want.Now, want.Today, want.New, want.NewText, want.NNow, want.NNew = v.Now, v.Today, v.New, v.NewText, v.NNow, v.NNew
	if err := same(want, *v, true); err != nil {
		v.Choice = err.Error() // which Create refuses
	}
}

// createCounted leaves a gap where a row was, and on PostgreSQL one behind the last row.
func createCounted(ctx context.Context, db *prom.DB) error {
	repo := prom.NewRepo[Counted](prom.Using(db))
	for _, name := range []string{"one", "", "gone", "four", odd, "gone"} {
		if err := repo.Create(ctx, &Counted{Name: name}); err != nil {
			return err
		}
	}
	name, err := prom.FieldByName(repo, "name")
	if err != nil {
		return err
	}
	_, err = repo.Where(name.Eq("gone")).Delete(ctx)
	return err
}

// table is a model of the kept databases with its rows.
type table interface {
	name() string
	schema() *schema.Table
	repo(db *prom.DB) prom.AnyRepo
	only() bool // of PostgreSQL
	// make writes the rows. Other programs with other models, such as older ones, have connections of their own.
	make(ctx context.Context, db *prom.DB, program func() *prom.DB) error
	// expected returns the rows that the database has to have, by key.
	expected() map[string]any
	// read returns the rows that it has, by key.
	read(ctx context.Context, db *prom.DB) (map[string]any, error)
	// add writes one more row, and returns it as it was written, and as it is read.
	add(ctx context.Context, db *prom.DB) (written, read any, err error)
	// page reads a page of an order, a text such as "name desc, at". With none, conditions leave all rows out.
	page(ctx context.Context, db *prom.DB, order, token string, none bool, options ...prom.RepoOption) (page, error)
	// watch gives n rows to fn, by their keys.
	watch(ctx context.Context, db *prom.DB, by string, n int, cursor *prom.WatchCursor, fn func(key string),
		options ...prom.RepoOption) error
}

// page is a page of rows.
type page struct {
	rows       []string // their keys
	next, prev string
}

const pageSize = 2

type model[T any] struct {
	rows   func() []T
	create func(ctx context.Context, db *prom.DB) error // writes the rows, if that takes more than Create
	// the same, by programs that have other forms of the model
	evolve   func(ctx context.Context, program func() *prom.DB) error
	more     func(v *T) // makes a new value one that can be written
	moreRead func(v *T) // makes it what is read
	postgres bool
}

func (m *model[T]) on(db *prom.DB, options ...prom.RepoOption) *prom.Repo[T] {
	return prom.NewRepo[T](append(options, prom.Using(db))...)
}

func (m *model[T]) repo(db *prom.DB) prom.AnyRepo { return m.on(db) }

func (m *model[T]) only() bool { return m.postgres }

func (m *model[T]) schema() *schema.Table {
	t, err := schema.Of(reflect.TypeFor[T]())
	if err != nil {
		panic(err)
	}
	return t
}

func (m *model[T]) name() string { return m.schema().Name }

func (m *model[T]) make(ctx context.Context, db *prom.DB, program func() *prom.DB) error {
	switch {
	case m.create != nil:
		return m.create(ctx, db)
	case m.evolve != nil:
		return m.evolve(ctx, program)
	}
	rows, repo := m.rows(), m.on(db)
	for i := range rows {
		for _, c := range m.schema().Key {
			if c.Auto && c.Kind.Integer() {
				reflect.ValueOf(&rows[i]).Elem().FieldByIndex(c.Path).SetZero()
			}
		}
	}
	half := len(rows) / 2
	for i := range half {
		if err := repo.Create(ctx, &rows[i]); err != nil {
			return err
		}
	}
	return repo.CreateMany(ctx, rows[half:])
}

func (m *model[T]) expected() map[string]any { return byKey(m.schema(), m.rows()) }

func (m *model[T]) read(ctx context.Context, db *prom.DB) (map[string]any, error) {
	repo := m.on(db)
	q := repo.Query()
	if m.schema().Deleted != nil {
		q = q.WithDeleted()
	}
	rows, err := q.All(ctx)
	if err != nil {
		return nil, err
	}
	_, tracked := schema.TrackerOffset(reflect.TypeFor[T]())
	for i := range rows {
		if cols := repo.Modified(&rows[i]); tracked && len(cols) > 0 {
			return nil, fmt.Errorf("row %s was not changed, and counts as modified: %v", keyOf(m.schema(), rows[i]), cols)
		}
	}
	found := byKey(m.schema(), rows)
	if len(found) != len(rows) {
		return nil, fmt.Errorf("%d rows have %d keys", len(rows), len(found))
	}
	return found, nil
}

func (m *model[T]) add(ctx context.Context, db *prom.DB) (written, read any, err error) {
	before, err := m.read(ctx, db)
	if err != nil {
		return nil, nil, err
	}
	repo := m.on(db)
	v := repo.New()
	if m.more != nil {
		m.more(v)
	}
	if err := repo.Create(ctx, v); err != nil {
		return nil, nil, err
	}
	after, err := m.read(ctx, db)
	if err != nil {
		return nil, nil, err
	}
	key := keyOf(m.schema(), *v)
	if before[key] != nil || after[key] == nil || len(after) != len(before)+1 {
		return nil, nil, fmt.Errorf("the row %s was added to %d rows, which are %d now", key, len(before), len(after))
	}
	return *v, after[key], nil
}

func (m *model[T]) page(ctx context.Context, db *prom.DB, order, token string, none bool,
	options ...prom.RepoOption) (page, error) {
	repo := m.on(db, options...)
	q := repo.Query()
	if none {
		q = q.Where(prom.Raw(prom.Proto[T](), "1 = 0"))
	}
	for _, term := range strings.FieldsFunc(order, func(r rune) bool { return r == ',' }) {
		words := strings.Fields(term)
		f, err := prom.FieldByName(repo, words[0])
		if err != nil {
			return page{}, err
		}
		o := f.Asc()
		for _, word := range words[1:] {
			switch word {
			case "desc":
				o = f.Desc()
			case "nullsfirst":
				o = o.NullsFirst()
			case "nullslast":
				o = o.NullsLast()
			default:
				return page{}, fmt.Errorf("%q is no order", word)
			}
		}
		q = q.OrderBy(o)
	}
	got, err := q.KeysetPage(ctx, token, pageSize)
	if err != nil {
		return page{}, err
	}
	p := page{rows: []string{}, next: got.Next, prev: got.Prev}
	for i := range got.Rows {
		p.rows = append(p.rows, keyOf(m.schema(), got.Rows[i]))
	}
	return p, nil
}

func (m *model[T]) watch(ctx context.Context, db *prom.DB, by string, n int, cursor *prom.WatchCursor,
	fn func(key string), options ...prom.RepoOption) error {
	repo := m.on(db, options...)
	how := []prom.WatchOption{prom.WatchResume(cursor), prom.WatchFromStart(), prom.WatchEvery(20 * time.Millisecond),
		prom.WatchSettle(100 * time.Millisecond)}
	if by != "" {
		f, err := prom.FieldByName(repo, by)
		if err != nil {
			return err
		}
		how = append(how, prom.WatchBy(f))
	}
	for v, err := range prom.Watch(ctx, repo.Limit(n), how...) {
		if err != nil {
			return err
		}
		fn(keyOf(m.schema(), *v))
		n--
	}
	if n > 0 {
		return errors.Join(fmt.Errorf("%d rows did not come", n), ctx.Err())
	}
	return nil
}

// byKey returns rows by their keys.
func byKey[T any](t *schema.Table, rows []T) map[string]any {
	found := make(map[string]any, len(rows))
	for _, v := range rows {
		found[keyOf(t, v)] = v
	}
	return found
}

// keyOf returns the key of a row as a text; of one without a key all that it has.
func keyOf(t *schema.Table, row any) string {
	cols := t.Key
	if len(cols) == 0 {
		cols = t.Columns
	}
	parts := make([]string, len(cols))
	for i, c := range cols {
		v := reflect.ValueOf(row).FieldByIndex(c.Path)
		if v.Kind() == reflect.Pointer && !v.IsNil() {
			v = v.Elem()
		}
		switch x := v.Interface().(type) {
		case time.Time:
			parts[i] = x.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)
		case []byte:
			parts[i] = fmt.Sprintf("%x", x)
		default:
			if key := v.MethodByName("Key"); key.IsValid() { // a reference
				x = key.Call(nil)[0].Interface()
			}
			parts[i] = fmt.Sprint(x)
		}
	}
	return strings.Join(parts, " ")
}
