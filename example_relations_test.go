package prom_test

import (
	"context"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// Poet has poems.
type Poet struct {
	prom.Model
	Name  string
	Poems prom.Many[Poem] // the poems that refer to this poet; not a column
}

// Poem is by a poet, and may be translated by another.
type Poem struct {
	prom.Model
	Poet     prom.Ref[Poet]  `prom:"poet_id,index"` // required: the poem is deleted with its poet
	Original *prom.Ref[Poem] `prom:"original_id"`   // optional: it becomes NULL when the original is deleted
	Title    string
	Lines    int
}

var (
	poet      = prom.Proto[Poet]()
	poem      = prom.Proto[Poem]()
	poetID    = prom.NumberOf(poet, &poet.ID)
	poetName  = prom.TextOf(poet, &poet.Name)
	poetPoems = prom.ManyOf(poet, &poet.Poems)

	poemID       = prom.NumberOf(poem, &poem.ID)
	poemPoet     = prom.RefOf(poem, &poem.Poet)
	poemOriginal = prom.NullRefOf(poem, &poem.Original)
	poemTitle    = prom.TextOf(poem, &poem.Title)
	poemLines    = prom.NumberOf(poem, &poem.Lines)
)

// anthology returns repos of poets and poems with some rows.
func anthology(ctx context.Context) (*prom.DB, *prom.Repo[Poet], *prom.Repo[Poem]) {
	db, err := prom.Open("sqlite://:memory:#anthology")
	if err != nil {
		log.Fatal(err)
	}
	poets, poems := prom.NewRepo[Poet](prom.Using(db)), prom.NewRepo[Poem](prom.Using(db))
	poe, baudelaire := Poet{Name: "Poe"}, Poet{Name: "Baudelaire"}
	if err := poets.CreateMany(ctx, []Poet{poe, baudelaire}); err != nil {
		log.Fatal(err)
	}
	all, err := poets.OrderBy(poetName.Desc()).All(ctx)
	if err != nil {
		log.Fatal(err)
	}
	raven := Poem{Poet: prom.RefTo(&all[0]), Title: "The Raven", Lines: 108}
	if err := poems.Create(ctx, &raven); err != nil {
		log.Fatal(err)
	}
	if err := poems.CreateMany(ctx, []Poem{
		{Poet: prom.RefTo(&all[0]), Title: "Alone", Lines: 22},
		{Poet: prom.RefTo(&all[1]), Title: "Le Corbeau", Lines: 108, Original: new(prom.RefTo(&raven))},
	}); err != nil {
		log.Fatal(err)
	}
	return db, poets, poems
}

// Rows are loaded with their relations, to any depth, by one more statement for each relation.
func ExampleQuery_With() {
	ctx := context.Background()
	db, poets, poems := anthology(ctx)
	defer db.Close()

	list, err := poems.OrderBy(poemTitle.Asc()).With(poemPoet, poemOriginal.With(poemPoet)).All(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range list {
		poet, _ := p.Poet.Get()
		fmt.Print(p.Title, " by ", poet.Name)
		if original, ok := p.Original.Get(); ok {
			poet, _ := original.Poet.Get()
			fmt.Print(", after ", original.Title, " by ", poet.Name)
		}
		fmt.Println()
	}

	longest := poetPoems.OrderBy(poemLines.Desc()).Limit(1) // for each poet
	for p, err := range poets.With(longest).OrderBy(poetName.Asc()).Each(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		for _, poem := range p.Poems.Rows() {
			fmt.Println(p.Name, "wrote", poem.Title)
		}
	}
	// Output:
	// Alone by Poe
	// Le Corbeau by Baudelaire, after The Raven by Poe
	// The Raven by Poe
	// Baudelaire wrote Le Corbeau
	// Poe wrote The Raven
}

// Rows are chosen, counted and ordered by their relations.
func ExampleManyField_Has() {
	ctx := context.Background()
	db, poets, _ := anthology(ctx)
	defer db.Close()

	translators := poets.Where(poetPoems.Has(poemOriginal.Has(poemPoet.Has(poetName.Eq("Poe")))))
	list, err := translators.All(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range list {
		fmt.Println(p.Name, "translated Poe")
	}

	lines := prom.AggregateOf(poetPoems, prom.Sum(poemLines))
	rows, err := prom.Pluck3(poets.OrderBy(poetPoems.Count().Desc()), poetName, poetPoems.Count(), lines).All(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, row := range rows {
		fmt.Println(row.A, row.B, row.C)
	}
	// Output:
	// Baudelaire translated Poe
	// Poe 2 130
	// Baudelaire 1 108
}

// Relations are loaded into rows that are there already.
func ExampleQuery_LoadInto() {
	ctx := context.Background()
	db, _, poems := anthology(ctx)
	defer db.Close()

	poem, err := poems.Where(poemTitle.Eq("Alone")).First(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(poem.Poet.Key(), poem.Poet.Loaded())
	if err := poems.With(poemPoet).LoadInto(ctx, poem); err != nil {
		log.Fatal(err)
	}
	poet, ok := poem.Poet.Get()
	fmt.Println(poet.Name, ok)
	// Output:
	// 1 false
	// Poe true
}

// A query locks its own rows, and those that references lead to.
func ExampleLockOf() {
	ctx := context.Background()
	db, _, poems := anthology(ctx)
	defer db.Close()

	err := db.Tx(ctx, func(ctx context.Context) error {
		locked := prom.LockOf(poems.Where(poemTitle.Eq("Alone")).ForUpdate(), poemID, prom.Via(poemPoet, poetID)) // the poem and its poet
		p, err := locked.With(poemPoet).First(ctx)
		if err != nil {
			return err
		}
		poet, _ := p.Poet.Get()
		fmt.Println(p.Title, poet.Name)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// Alone Poe
}

// A reference is set by a row that was saved, or by its key.
func ExampleRefTo() {
	ctx := context.Background()
	db, poets, poems := anthology(ctx)
	defer db.Close()

	poet := Poet{Name: "Mallarmé"}
	if err := poets.Create(ctx, &poet); err != nil {
		log.Fatal(err)
	}
	original := prom.NewRef[Poem](1)
	poem := Poem{Title: "Le Corbeau", Poet: prom.RefTo(&poet), Original: &original}
	if err := poems.Create(ctx, &poem); err != nil {
		log.Fatal(err)
	}
	author, _ := poem.Poet.Get() // it is loaded, since it was set
	fmt.Println(author.Name, poem.Original.Key())
	poem.Original = nil // NULL
	if err := poems.Save(ctx, &poem); err != nil {
		log.Fatal(err)
	}
	fmt.Println(poem.Poet.Key() == poet.ID)
	// Output:
	// Mallarmé 1
	// true
}

// A Recital is of many poems, and a poem is in many recitals: a model of its own says which, and in which order.
type (
	Recital struct {
		prom.Model
		Place string
		Poems prom.ManyToMany[Poem, Recited]
	}
	Recited struct {
		Recital prom.Ref[Recital] `prom:"key"`
		Poem    prom.Ref[Poem]    `prom:"key,index"`
		Turn    int
	}
)

var (
	recital      = prom.Proto[Recital]()
	recited      = prom.Proto[Recited]()
	recitalPoems = prom.ManyToManyOf(recital, &recital.Poems)
	recitedTurn  = prom.NumberOf(recited, &recited.Turn)
)

// A many-to-many goes through a join model, by whose columns its rows can be ordered and chosen too.
func ExampleManyToManyOf() {
	ctx := context.Background()
	db, _, poems := anthology(ctx)
	defer db.Close()
	recitals, recited := prom.NewRepo[Recital](prom.Using(db)), prom.NewRepo[Recited](prom.Using(db))

	recital := Recital{Place: "Baltimore"}
	if err := recitals.Create(ctx, &recital); err != nil {
		log.Fatal(err)
	}
	list, err := poems.OrderBy(poemTitle.Desc()).All(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for i := range list {
		if err := recited.Create(ctx, &Recited{Recital: prom.RefTo(&recital), Poem: prom.RefTo(&list[i]), Turn: i + 1}); err != nil {
			log.Fatal(err)
		}
	}

	program := recitalPoems.Where(poemLines.Gt(100)).OrderByThrough(recitedTurn.Asc())
	if err := recitals.With(program.With(poemPoet)).LoadInto(ctx, &recital); err != nil {
		log.Fatal(err)
	}
	for _, p := range recital.Poems.Rows() {
		poet, _ := p.Poet.Get()
		fmt.Println(p.Title, "by", poet.Name)
	}
	// Output:
	// The Raven by Poe
	// Le Corbeau by Baudelaire
}

// Links connect a row with others, by rows or keys, and are set to the difference.
func ExampleLinksOf() {
	ctx := context.Background()
	db, _, poems := anthology(ctx)
	defer db.Close()
	recitals := prom.NewRepo[Recital](prom.Using(db))
	evening := Recital{Place: "Paris"}
	if err := recitals.Create(ctx, &evening); err != nil {
		log.Fatal(err)
	}
	list, err := poems.OrderBy(poemTitle.Asc()).All(ctx)
	if err != nil {
		log.Fatal(err)
	}
	first, second, third := list[0], list[1], list[2]

	links := prom.LinksOf(recitals, recitalPoems, &evening)
	added, err := links.Add(ctx, &first, &second)
	fmt.Println(added, err)
	added, err = links.Add(ctx, &first)
	fmt.Println(added, err)

	added, removed, err := links.SetKeys(ctx, second.ID, third.ID)
	fmt.Println(added, removed, err)
	// Output:
	// 2 <nil>
	// 0 <nil>
	// 1 1 <nil>
}
