package relations_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// A many-to-many by a model that says more about each connection, and one of a model with itself.
type (
	Mixtape struct {
		prom.Model
		Name  string
		Songs prom.ManyToMany[Song, MixtapeSong]
	}
	Song struct {
		prom.Model
		Name     string
		Owner    int64 // a name that the statement uses too
		Rank     int
		Mixtapes prom.ManyToMany[Mixtape, MixtapeSong]
	}
	MixtapeSong struct {
		prom.Model
		Mixtape prom.Ref[Mixtape] `prom:"index"`
		Song    prom.Ref[Song]
		Place   int
		Name    string // as the others have one
	}

	Swimmer struct {
		prom.Model
		Name     string
		Mates    prom.ManyToMany[Swimmer, Mateship] `prom:"via=one,to=other"`
		MatesOf  prom.ManyToMany[Swimmer, Mateship] `prom:"via=other"`
		Mateship prom.Many[Mateship]                `prom:"via=one"`
	}
	Mateship struct {
		One   prom.Ref[Swimmer] `prom:"key"`
		Other prom.Ref[Swimmer] `prom:"key"`
	}
)

var (
	mixtape      = prom.Proto[Mixtape]()
	song         = prom.Proto[Song]()
	mixtapeSong  = prom.Proto[MixtapeSong]()
	swimmer      = prom.Proto[Swimmer]()
	mateship     = prom.Proto[Mateship]()
	mixtapeName  = prom.TextOf(mixtape, &mixtape.Name)
	mixtapeSongs = prom.ManyToManyOf(mixtape, &mixtape.Songs)
	songName     = prom.TextOf(song, &song.Name)
	songRank     = prom.NumberOf(song, &song.Rank)
	songMixtapes = prom.ManyToManyOf(song, &song.Mixtapes)
	linkPlace    = prom.NumberOf(mixtapeSong, &mixtapeSong.Place)

	swimmerName     = prom.TextOf(swimmer, &swimmer.Name)
	swimmerMates    = prom.ManyToManyOf(swimmer, &swimmer.Mates)
	swimmerMatesOf  = prom.ManyToManyOf(swimmer, &swimmer.MatesOf)
	swimmerMateship = prom.ManyOf(swimmer, &swimmer.Mateship)
	mateshipOther   = prom.RefOf(mateship, &mateship.Other)
)

func songNames(songs []Song) string {
	text := ""
	for _, s := range songs {
		text += s.Name + " "
	}
	return text
}

// Ensure that rows are loaded through a join model, chosen, ordered and limited by their own columns and by those of
// the links, and from both sides; tables that are missing are made. parity: M26 M27 A6
func TestWithVia(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		var log kit.Statements
		db := kit.Open(t, e.DSN, log.Option())
		tapes, songs, links := prom.NewRepo[Mixtape](prom.Using(db)), prom.NewRepo[Song](prom.Using(db)), prom.NewRepo[MixtapeSong](prom.Using(db))
		one, two := kit.MustCreate(t, tapes, Mixtape{Name: "one"}), kit.MustCreate(t, tapes, Mixtape{Name: "two"})
		kit.MustCreate(t, tapes, Mixtape{Name: "void"})
		got, err := tapes.With(mixtapeSongs).All(ctx) // its tables are not there
		is.NoErr(err)
		is.True(got[0].Songs.Loaded() && len(got[0].Songs.Rows()) == 0)
		var all []*Song
		for i, name := range []string{"a", "b", "c"} {
			all = append(all, kit.MustCreate(t, songs, Song{Name: name, Owner: 7, Rank: i % 2}))
		}
		for i, l := range []struct {
			tape *Mixtape
			song *Song
		}{{one, all[2]}, {one, all[0]}, {two, all[1]}, {one, all[1]}, {one, all[2]}} {
			kit.MustCreate(t, links, MixtapeSong{Mixtape: prom.RefTo(l.tape), Song: prom.RefTo(l.song), Place: i + 1})
		}
		for _, tt := range []struct {
			relation *prom.ManyToManyField[*Mixtape, *Song, *MixtapeSong]
			want     string
		}{
			{mixtapeSongs.OrderByThrough(linkPlace.Asc()), "c a b c |b ||"},
			{mixtapeSongs.OrderByThrough(linkPlace.Desc()), "c b a c |b ||"},
			{mixtapeSongs.OrderBy(songName.Asc()), "a b c c |b ||"},
			{mixtapeSongs.OrderBy(songRank.Desc(), songName.Desc()), "b c c a |b ||"},
			{mixtapeSongs.Where(songRank.Eq(0)).OrderBy(songName.Asc()), "a c c |||"},
			{mixtapeSongs.WhereThrough(linkPlace.Lt(3)).OrderByThrough(linkPlace.Asc()), "c a |||"},
			{mixtapeSongs.OrderByThrough(linkPlace.Asc()).Limit(2), "c a |b ||"},
			{mixtapeSongs.OrderByThrough(linkPlace.Asc()).Limit(2).Offset(1), "a b |||"},
			{mixtapeSongs.OrderBy(songName.Desc()).Offset(2), "b a |||"},
			{mixtapeSongs.Limit(1), "a |b ||"},
			{mixtapeSongs.Limit(0), "|||"},
			{mixtapeSongs.Where(songRank.Eq(1)).WhereThrough(linkPlace.Gt(3)).Limit(9), "b |||"},
		} {
			is := is.New(t)
			log.Take()
			list, err := tapes.OrderBy(mixtapeName.Asc()).With(tt.relation).All(ctx)
			is.NoErr(err)
			is.Equal(kit.Starting(log.Take(), "SELECT"), 2)
			text := ""
			for i := range list {
				is.True(list[i].Songs.Loaded())
				text += songNames(list[i].Songs.Rows()) + "|"
			}
			is.Equal(text, tt.want)
		}

		got, err = tapes.OrderBy(mixtapeName.Asc()).With(mixtapeSongs.OrderByThrough(linkPlace.Asc()).With(songMixtapes.OrderBy(mixtapeName.Asc()))).All(ctx)
		is.NoErr(err)
		b := &got[0].Songs.Rows()[2]
		is.Equal(b.Owner, int64(7))
		is.Equal(len(b.Mixtapes.Rows()), 2)
		is.Equal(b.Mixtapes.Rows()[1].Name, "two")
		b.Rank = 5 // a row like any other
		is.Equal(songs.Modified(b), []string{"rank"})
		is.NoErr(songs.Save(ctx, b))
		_, err = tapes.With(mixtapeSongs.Limit(-1)).All(ctx)
		is.True(errors.Is(err, prom.ErrValidation))
	})
}

// Ensure that a model is connected with itself, in both directions.
// parity: M26 M27 F39
func TestWithViaItself(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		swimmers, mates := prom.NewRepo[Swimmer](prom.Using(db)), prom.NewRepo[Mateship](prom.Using(db))
		ann, ben, cat := kit.MustCreate(t, swimmers, Swimmer{Name: "ann"}), kit.MustCreate(t, swimmers,
			Swimmer{Name: "ben"}), kit.MustCreate(t, swimmers, Swimmer{Name: "cat"})
		for _, m := range []Mateship{
			{One: prom.RefTo(ann), Other: prom.RefTo(ben)}, {One: prom.RefTo(ann),
				Other: prom.RefTo(cat)}, {One: prom.RefTo(cat), Other: prom.RefTo(ben)},
		} {
			kit.MustCreate(t, mates, m)
		}
		list, err := swimmers.OrderBy(swimmerName.Asc()).With(swimmerMates.OrderBy(swimmerName.Asc()).With(swimmerMates),
			swimmerMatesOf, swimmerMateship.With(mateshipOther)).All(ctx)
		is.NoErr(err)
		is.Equal(len(list[0].Mates.Rows()), 2)
		is.Equal(list[0].Mates.Rows()[1].Name, "cat")
		is.Equal(list[0].Mates.Rows()[1].Mates.Rows()[0].Name, "ben")
		is.Equal(len(list[1].Mates.Rows()), 0)
		is.Equal(len(list[1].MatesOf.Rows()), 2)
		is.Equal(len(list[0].Mateship.Rows()), 2)
	})
}
