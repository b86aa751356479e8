package relations_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// A many-to-many whose pairs are unique by an index, with links that are deleted softly; one whose pairs are the key,
// with those; and one between keys of which case does not count.
type (
	Photo struct {
		prom.Model
		Name   string
		Labels prom.ManyToMany[Label, PhotoLabel]
		Stamps prom.ManyToMany[Label, PhotoStamp]
	}
	Label struct {
		prom.UUIDModel
		Name string
	}
	PhotoLabel struct {
		prom.Model
		Photo prom.Ref[Photo]              `prom:"unique=pair"`
		Label prom.RefBy[Label, prom.UUID] `prom:"unique=pair"`
		Place int                          `prom:"max=10"`
		Gone  *time.Time                   `prom:"deleted"`
	}
	PhotoStamp struct {
		Photo prom.Ref[Photo]              `prom:"key"`
		Label prom.RefBy[Label, prom.UUID] `prom:"key"`
		Gone  *time.Time                   `prom:"deleted"`
	}

	Treaty struct {
		prom.Model
		Name    string
		Nations prom.ManyToMany[Nation, Signature]
	}
	Signature struct {
		prom.Model
		Treaty prom.Ref[Treaty]
		Nation prom.RefBy[Nation, string] `prom:"nocase"`
	}
)

// BeforeCreate counts the place up, as the hook of a join model.
func (l *PhotoLabel) BeforeCreate(context.Context) error {
	l.Place = 7
	return nil
}

var (
	photo         = prom.Proto[Photo]()
	photoLabel    = prom.Proto[PhotoLabel]()
	treaty        = prom.Proto[Treaty]()
	photoName     = prom.TextOf(photo, &photo.Name)
	photoLabels   = prom.ManyToManyOf(photo, &photo.Labels)
	photoStamps   = prom.ManyToManyOf(photo, &photo.Stamps)
	labelPlace    = prom.NumberOf(photoLabel, &photoLabel.Place)
	treatyNations = prom.ManyToManyOf(treaty, &treaty.Nations)
)

// changes is what a call on links returned.
func changes(ns ...any) string { return strings.Trim(fmt.Sprint(ns...), "[]") }

// Ensure that links are added once, removed and set to the difference, whether or not an index keeps them apart, in and
// outside transactions; that other rows keep theirs; and that a failure changes nothing. parity: M26
func TestLinks(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		db := kit.Open(t, e.DSN)
		for _, where := range kit.Situations {
			is := is.New(t)
			is.NoErr(where.In(kit.Ended(t), db, func(ctx context.Context) error {
				swimmers, tapes, songs := prom.NewRepo[Swimmer](prom.Using(db)), prom.NewRepo[Mixtape](prom.Using(db)), prom.NewRepo[Song](prom.Using(db))
				photos, labels := prom.NewRepo[Photo](prom.Using(db)), prom.NewRepo[Label](prom.Using(db))
				var s []*Swimmer
				var g []*Song
				var l []*Label
				for i := range 5 {
					s = append(s, kit.MustIn(ctx, t, swimmers, Swimmer{Name: fmt.Sprint(i)}))
					g = append(g, kit.MustIn(ctx, t, songs, Song{Name: fmt.Sprint(i)}))
					l = append(l, kit.MustIn(ctx, t, labels, Label{Name: fmt.Sprint(i)}))
				}
				tape := kit.MustIn(ctx, t, tapes, Mixtape{Name: "t"})
				picture := kit.MustIn(ctx, t, photos, Photo{Name: "p"})
				for _, other := range []*Swimmer{s[1], s[3]} { // has links of its own, which stay
					_, err := prom.LinksOf(swimmers, swimmerMates, other).Add(ctx, s[2])
					is.NoErr(err)
				}
				linksSteps(ctx, t, prom.LinksOf(swimmers, swimmerMates, s[0]), s, func(r *Swimmer) any { return r.ID })
				linksSteps(ctx, t, prom.LinksOf(tapes, mixtapeSongs, tape), g, func(r *Song) any { return r.ID })
				linksSteps(ctx, t, prom.LinksOf(photos, photoLabels, picture), l, func(r *Label) any { return r.ID })
				linksSteps(ctx, t, prom.LinksOf(photos, photoStamps, picture), l, func(r *Label) any { return r.ID })

				is.NoErr(swimmers.With(swimmerMates, swimmerMatesOf).LoadInto(ctx, s...))
				is.NoErr(tapes.With(mixtapeSongs.OrderBy(songName.Asc())).LoadInto(ctx, tape))
				is.NoErr(photos.With(photoLabels, photoStamps).LoadInto(ctx, picture))
				is.Equal(songNames(tape.Songs.Rows()), "2 4 ")
				is.Equal(len(s[0].Mates.Rows()), 2)
				is.Equal(len(s[1].Mates.Rows()), 1)
				is.Equal(len(s[2].MatesOf.Rows()), 3)
				is.Equal(len(picture.Labels.Rows()), 2)
				is.Equal(len(picture.Stamps.Rows()), 2)
				n, err := photos.Where(photoName.Eq("p")).With(photoLabels.WhereThrough(labelPlace.Eq(7))).All(ctx)
				is.NoErr(err)
				is.Equal(len(n[len(n)-1].Labels.Rows()), 2) // created with their hooks
				return nil
			}))
		}
	})
}

// linksSteps goes through what can be done to links of a row without any, and leaves those to the rows 2 and 4.
func linksSteps[R any](ctx context.Context, t *testing.T, links prom.Links[R], r []*R, key func(*R) any) {
	t.Helper()
	is := is.New(t)
	is.Equal(changes(links.Add(ctx)), "0 <nil>")
	is.Equal(changes(links.Add(ctx, r[0], r[1], r[0])), "2 <nil>")
	is.Equal(changes(links.Add(ctx, r[1], r[2])), "1 <nil>")
	is.Equal(changes(links.AddKeys(ctx, key(r[2]), key(r[3]))), "1 <nil>")
	is.Equal(changes(links.Remove(ctx)), "0 <nil>")
	is.Equal(changes(links.Remove(ctx, r[0], r[4])), "1 <nil>")
	is.Equal(changes(links.RemoveKeys(ctx, key(r[0]), key(r[1]))), "1 <nil>")
	is.Equal(changes(links.Set(ctx, r[0], r[2])), "1 1 <nil>")
	is.Equal(changes(links.Set(ctx, r[0], r[2])), "0 0 <nil>")
	is.Equal(changes(links.Set(ctx)), "0 2 <nil>")
	is.Equal(changes(links.SetKeys(ctx, key(r[2]), key(r[4]), key(r[4]))), "2 0 <nil>")
}

// Ensure that keys which are equal to the database alone are one.
func TestLinks_Folded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx, db := kit.Ended(t), kit.Open(t, e.DSN)
		treaties, nations := prom.NewRepo[Treaty](prom.Using(db)), prom.NewRepo[Nation](prom.Using(db))
		for _, code := range []string{"FR", "IT", "ES"} {
			kit.MustCreate(t, nations, Nation{Code: code})
		}
		links := prom.LinksOf(treaties, treatyNations, kit.MustCreate(t, treaties, Treaty{Name: "a"}))
		is.Equal(changes(links.AddKeys(ctx, "FR", "fr", "It")), "2 <nil>")
		is.Equal(changes(links.AddKeys(ctx, "it")), "0 <nil>")
		is.Equal(changes(links.SetKeys(ctx, "it", "es")), "1 1 <nil>")
		is.Equal(changes(links.RemoveKeys(ctx, "IT")), "1 <nil>")
	})
}

// Ensure that what cannot be linked is an error that says so, and that nothing has happened then.
func TestLinks_Errors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx, db := kit.Ended(t), kit.Open(t, e.DSN)
		swimmers, tapes, songs := prom.NewRepo[Swimmer](prom.Using(db)), prom.NewRepo[Mixtape](prom.Using(db)), prom.NewRepo[Song](prom.Using(db))
		a, b := kit.MustCreate(t, swimmers, Swimmer{Name: "a"}), kit.MustCreate(t, swimmers, Swimmer{Name: "b"})
		tape, one := kit.MustCreate(t, tapes, Mixtape{Name: "t"}), kit.MustCreate(t, songs, Song{Name: "s"})
		mates, songsOf := prom.LinksOf(swimmers, swimmerMates, a), prom.LinksOf(tapes, mixtapeSongs, tape)

		_, err := mates.Add(ctx, b, &Swimmer{})
		var at *prom.ValueError
		is.True(errors.As(err, &at) && at.Index == 1 && errors.Is(err, prom.ErrValidation) &&
			strings.Contains(err.Error(), "save it first"))
		_, err = prom.LinksOf(swimmers, swimmerMates, &Swimmer{}).Add(ctx, b)
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = mates.Add(ctx, b, nil)
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = mates.Add(ctx, b, swimmer)
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = prom.LinksOf(swimmers, swimmerMates, (*Swimmer)(nil)).Remove(ctx, b)
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = mates.AddKeys(ctx, b.ID, "x")
		is.True(errors.As(err, &at) && at.Index == 1)
		_, err = mates.AddKeys(ctx, b.ID, nil)
		is.True(errors.Is(err, prom.ErrValidation))
		_, err = mates.AddKeys(ctx, b.ID, 999)
		is.True(errors.Is(err, prom.ErrForeignKey))
		_, err = songsOf.AddKeys(ctx, one.ID, 999)
		is.True(errors.Is(err, prom.ErrForeignKey))
		for _, relation := range []*prom.ManyToManyField[*Swimmer, *Swimmer, *Mateship]{swimmerMates.Limit(1),
			swimmerMates.Where(swimmerName.Eq("b")),
			swimmerMates.OrderBy(swimmerName.Asc()), swimmerMates.WhereThrough(mateshipOther.Eq(1)), swimmerMates.With(swimmerMates)} {
			_, err = prom.LinksOf(swimmers, relation, a).Add(ctx, b)
			is.True(errors.Is(err, prom.ErrValidation))
		}
		is.NoErr(swimmers.With(swimmerMates).LoadInto(ctx, a))
		is.NoErr(tapes.With(mixtapeSongs).LoadInto(ctx, tape))
		is.Equal(len(a.Mates.Rows())+len(tape.Songs.Rows()), 0)

		gone := *tape
		is.NoErr(tapes.Delete(ctx, tape))
		_, _, err = prom.LinksOf(tapes, mixtapeSongs, &gone).Set(ctx, one)
		is.True(errors.Is(err, prom.ErrNotFound))
		_, err = prom.LinksOf(tapes, mixtapeSongs, &gone).Add(ctx, one)
		is.True(errors.Is(err, prom.ErrNotFound))
	})
}

// Ensure that many who add the same links, or set others, leave each link once, and of sets the last one.
func TestLinks_Concurrent(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx, db := kit.Ended(t), kit.Open(t, e.DSN)
		var s []*Swimmer
		var g []*Song
		swimmers, tapes, songs := prom.NewRepo[Swimmer](prom.Using(db)), prom.NewRepo[Mixtape](prom.Using(db)), prom.NewRepo[Song](prom.Using(db))
		for i := range 9 {
			s = append(s, kit.MustCreate(t, swimmers, Swimmer{Name: fmt.Sprint(i)}))
			g = append(g, kit.MustCreate(t, songs, Song{Name: fmt.Sprint(i)}))
		}
		tape := kit.MustCreate(t, tapes, Mixtape{Name: "t"})
		mates, songsOf := prom.LinksOf(swimmers, swimmerMates, s[0]), prom.LinksOf(tapes, mixtapeSongs, tape)
		sums := make([]int, 8)
		is.NoErr(kit.Together(8, func(i int) error {
			n, err := mates.Add(ctx, s[1:]...)
			m, err2 := songsOf.Add(ctx, g[1:]...)
			sums[i] = n + m
			return errors.Join(err, err2)
		}))
		total := 0
		for _, n := range sums {
			total += n
		}
		is.Equal(total, 16)
		is.NoErr(kit.Together(8, func(i int) error {
			_, _, err := mates.Set(ctx, s[i], s[i+1])
			_, _, err2 := songsOf.Set(ctx, g[i], g[i+1])
			return errors.Join(err, err2)
		}))
		is.NoErr(swimmers.With(swimmerMates).LoadInto(ctx, s[0]))
		is.NoErr(tapes.With(mixtapeSongs.OrderBy(songName.Asc())).LoadInto(ctx, tape))
		is.Equal(len(s[0].Mates.Rows()), 2)
		names := strings.Fields(songNames(tape.Songs.Rows()))
		is.Equal(len(names), 2)
		is.True(slices.IsSorted(names) && names[0][0]+1 == names[1][0])
	})
}

// Ensure that the number of statements does not grow with the number of rows.
func TestLinks_Statements(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		var log kit.Statements
		ctx, db := kit.Ended(t), kit.Open(t, e.DSN, log.Option())
		swimmers, tapes, songs := prom.NewRepo[Swimmer](prom.Using(db)), prom.NewRepo[Mixtape](prom.Using(db)), prom.NewRepo[Song](prom.Using(db))
		is.NoErr(prom.Install(ctx, swimmers, prom.NewRepo[Mateship](prom.Using(db)), tapes, songs,
			prom.NewRepo[MixtapeSong](prom.Using(db))))
		list, more := make([]Swimmer, 33), make([]Song, 33)
		is.NoErr(swimmers.CreateMany(ctx, list))
		is.NoErr(songs.CreateMany(ctx, more))
		tape := kit.MustCreate(t, tapes, Mixtape{Name: "t"})
		var s []*Swimmer
		var g []*Song
		for i := range list {
			s, g = append(s, &list[i]), append(g, &more[i])
		}
		mates, songsOf := prom.LinksOf(swimmers, swimmerMates, s[0]), prom.LinksOf(tapes, mixtapeSongs, tape)
		_, _, err := mates.Set(ctx, s[32])
		is.NoErr(err)
		_, _, err = songsOf.Set(ctx, g[32])
		is.NoErr(err)
		for name, set := range map[string]func() (int, int, error){
			"unique":  func() (int, int, error) { return mates.Set(ctx, s[:32]...) },
			"checked": func() (int, int, error) { return songsOf.Set(ctx, g[:32]...) },
		} {
			log.Take()
			added, removed, err := set()
			is.NoErr(err)
			is.Equal(added, 32)
			is.Equal(removed, 1)
			if calls := kit.Calls(log.Take()); len(calls) > 6 {
				t.Errorf("%s: %d statements:\n%s", name, len(calls), strings.Join(calls, "\n"))
			}
		}
	})
}
