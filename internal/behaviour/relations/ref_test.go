package relations_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a reference is set from a row, that the row stays with it when its owner is saved, loaded again and
// changed, and that nothing of this counts as a change but the key. parity: M28
func TestSetReference(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newShelf(kit.Open(t, e.DSN))
		ada, bob := kit.MustIn(ctx, t, s.writers, Writer{Name: "ada"}), kit.MustIn(ctx, t, s.writers, Writer{Name: "bob"})
		essay := Essay{Title: "t", Editor: new(prom.RefTo(bob))}
		essay.Writer.Set(ada)
		// of a table that is not known yet, and of one that is
		for _, essays := range []*prom.Repo[Essay]{s.essays, s.essays} {
			essay.Model = prom.Model{}
			is.NoErr(essays.Create(ctx, &essay))
			is.Equal(nameOf(&essay.Writer), "ada")
			is.Equal(nameOf(essay.Editor), "bob")
		}
		got, err := s.essays.Get(ctx, essay.ID)
		is.NoErr(err)
		is.Equal(got.Writer.Key(), ada.ID)
		is.Equal(got.Editor.Key(), bob.ID)

		is.NoErr(s.essays.With(essayWriter, essayEditor, essayRemarks).LoadInto(ctx, got))
		is.Equal(len(s.essays.Modified(got)), 0)
		same, _ := got.Writer.Get()
		got.Writer.Set(same)
		is.Equal(len(s.essays.Modified(got)), 0)
		got.Score = 3
		is.NoErr(s.essays.Save(ctx, got))
		is.Equal(nameOf(&got.Writer), "ada")
		is.Equal(nameOf(got.Editor), "bob")
		is.True(got.Remarks.Loaded())

		copied := *got
		got.Writer.Set(bob)
		is.Equal(s.essays.Modified(got), []string{"writer_id"})
		is.Equal(len(s.essays.Modified(&copied)), 0)
		is.Equal(nameOf(&copied.Writer), "ada")
		is.NoErr(s.essays.Save(ctx, got))
		is.NoErr(s.essays.Reload(ctx, &copied)) // which has another key now
		is.Equal(copied.Writer.Key(), bob.ID)
		is.True(!copied.Writer.Loaded())
		is.Equal(nameOf(copied.Editor), "bob")
		got.Editor = nil
		is.Equal(s.essays.Modified(got), []string{"editor_id"})
		is.NoErr(s.essays.Save(ctx, got))
		is.NoErr(s.essays.Reload(ctx, &copied))
		is.Equal(copied.Editor, nil)
	})
}

// Ensure that a reference to a row that was never saved is refused before any SQL, by a message that says so.
// parity: M28 F17
func TestSetReferenceUnsaved(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		s := newShelf(kit.Open(t, e.DSN, log.Option()))
		ada := kit.MustIn(ctx, t, s.writers, Writer{Name: "ada"})
		kit.MustIn(ctx, t, s.essays, Essay{Title: "t", Writer: prom.RefTo(ada)})
		log.Take()
		for _, essay := range []Essay{
			{Title: "t"},
			{Title: "t", Writer: prom.RefTo(&Writer{})},
			{Title: "t", Writer: prom.RefTo(ada), Editor: new(prom.RefTo(&Writer{}))},
		} {
			err := s.essays.Create(ctx, &essay)
			is.True(errors.Is(err, prom.ErrValidation))
			is.True(strings.Contains(err.Error(),
				"a value is required: the reference refers to no row, or to a row that was not saved"))
		}
		is.Equal(len(log.Take()), 0)
	})
}

// Ensure that rows are deleted with those that they need, and let go of those that they can do without; by Delete, by a
// query, and when a key changes. parity: F41 F42
func TestReferenceRules(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		s := newShelf(kit.Open(t, e.DSN))
		s.fill(ctx, t)
		bob, err := s.writers.Where(writerName.Eq("bob")).First(ctx)
		is.NoErr(err)
		is.NoErr(s.writers.Delete(ctx, bob))
		essays, err := s.essays.OrderBy(essayTitle.Asc()).With(essayEditor, essayRemarks).All(ctx)
		is.NoErr(err)
		is.Equal(titles(essays), "a1 a2 a3 a4 ") // without b1, and its remark
		for _, e := range essays {
			is.Equal(e.Editor, nil)
		}
		is.Equal(len(essays[0].Remarks.Rows()), 1)

		ada, err := s.writers.Where(writerName.Eq("ada")).First(ctx)
		is.NoErr(err)
		ada.ID = 4711
		is.NoErr(s.writers.Save(ctx, ada)) // ON UPDATE CASCADE
		is.NoErr(s.writers.With(writerEssays).LoadInto(ctx, ada))
		is.Equal(len(ada.Essays.Rows()), 4)
		_, err = s.writers.Where(writerID.Eq(4711)).Delete(ctx)
		is.NoErr(err)
		n, err := s.remarks.Count(ctx)
		is.NoErr(err)
		is.Equal(n, 0)
	})
}

type orphanage struct {
	prom.Model
	Many prom.Many[Writer]
}

var orphanageProto = prom.Proto[orphanage]()

type undecided struct {
	prom.Model
	Many prom.Many[Between]
}

// Between refers to one model twice.
type Between struct {
	prom.Model
	A, B prom.Ref[undecided]
}

var between = prom.Proto[Between]()

// Ensure that relations that cannot be are found when the program starts.
// parity: F40
func TestRelationPanics(t *testing.T) {
	t.Parallel()
	for want, make := range map[string]func(){
		"no column of Writer refers to orphanage": func() { prom.NewRepo[orphanage]() },
		"no column of Writer refers to":           func() { prom.ManyOf(orphanageProto, &orphanageProto.Many) },
		"choose one by the tag":                   func() { prom.NewRepo[undecided]() },
		"2 columns of Between refer to":           func() { prom.RefOf(between, &between.A) },
		"the address of the prom.Many":            func() { prom.ManyOf(prom.Proto[Writer](), new(prom.Many[Essay])) },
		"is not in the prototype of":              func() { prom.NullRefOf(prom.Proto[Essay](), new(*prom.Ref[Writer])) },
	} {
		func() {
			defer func() {
				got, _ := recover().(error)
				if got == nil || !strings.Contains(got.Error(), want) {
					t.Errorf("got %v, want %q", got, want)
				}
			}()
			make()
		}()
	}
}

// The model that owns has two relations with the other, one of which is private.
type (
	Keeper struct {
		prom.Model
		Name   string
		Secret string         `prom:"private"`
		Pets   prom.Many[Pet] `prom:"via=keeper"`
		Lent   prom.Many[Pet] `prom:"private,via=lender"`
	}
	Pet struct {
		prom.Model
		Name   string
		Keeper prom.Ref[Keeper]
		Lender *prom.Ref[Keeper]
	}
)

var (
	keeper     = prom.Proto[Keeper]()
	pet        = prom.Proto[Pet]()
	keeperPets = prom.ManyOf(keeper, &keeper.Pets)
	keeperLent = prom.ManyOf(keeper, &keeper.Lent)
	petKeeper  = prom.RefOf(pet, &pet.Keeper)
	petLender  = prom.NullRefOf(pet, &pet.Lender)
)

// Ensure that JSON has the rows that were loaded, without what is private in them, and ends when rows hold themselves.
// parity: M19 F26
func TestRelationJSON(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		keepers, pets := prom.NewRepo[Keeper](prom.Using(db)), prom.NewRepo[Pet](prom.Using(db))
		ann := kit.MustCreate(t, keepers, Keeper{Name: "ann", Secret: "SECRET"})
		rex := kit.MustCreate(t, pets, Pet{Name: "rex", Keeper: prom.RefTo(ann)})
		kit.MustCreate(t, pets, Pet{Name: "tom", Keeper: prom.RefTo(ann), Lender: new(prom.RefTo(ann))})

		plain, err := pets.Get(ctx, rex.ID)
		is.NoErr(err)
		is.Equal(jsonOf(t, pets, plain)["keeper"], 1.0)
		_, has := jsonOf(t, keepers, ann)["pets"]
		is.True(!has)

		loaded, err := keepers.With(keeperPets.With(petKeeper, petLender), keeperLent).First(ctx)
		is.NoErr(err)
		m := jsonOf(t, keepers, loaded)
		list := m["pets"].([]any)
		is.Equal(len(list), 2)
		is.Equal(list[0].(map[string]any)["keeper"].(map[string]any)["name"], "ann")
		is.Equal(list[0].(map[string]any)["lender"], nil)
		is.Equal(list[1].(map[string]any)["lender"].(map[string]any)["name"], "ann")
		_, has = m["lent"]
		is.True(!has)

		// Rows that hold themselves.
		rex.Keeper.Set(ann)
		ann.Pets.Set([]Pet{*rex})
		m = jsonOf(t, keepers, ann)
		is.Equal(m["pets"].([]any)[0].(map[string]any)["keeper"], 1.0)
		other := *ann
		ann.Pets.Rows()[0].Keeper.Set(&other)
		m = jsonOf(t, keepers, ann)
		_, has = m["pets"].([]any)[0].(map[string]any)["keeper"].(map[string]any)["pets"]
		is.True(!has)
	})
}

// jsonOf returns the JSON of a row as a map, and makes sure that it holds nothing private.
func jsonOf[T any](t *testing.T, repo *prom.Repo[T], v *T) map[string]any {
	t.Helper()
	text, err := repo.JSON(v)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "SECRET") {
		t.Errorf("it holds what is private: %s", text)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return m
}
