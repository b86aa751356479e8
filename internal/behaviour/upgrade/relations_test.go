package upgrade_test

import (
	"context"
	"database/sql"
	"time"

	"github.com/prom-go/prom"
)

type (
	// Artist refers to itself and, in a circle, to records.
	Artist struct {
		prom.Model
		Name    string                      `prom:"unique"`
		Country prom.RefBy[Country, string] `prom:"name=country_code,index"`
		Born    *prom.RefBy[Country, string]
		Mentor  *prom.Ref[Artist] `prom:"mentor_id"`
		Best    *prom.Ref[Record] `prom:"best_id"`
		Token   sql.Null[prom.RefBy[Token, prom.UUID]]
		Records prom.Many[Record]                   `prom:"via=artist_id"`
		Hidden  prom.Many[Record]                   `prom:"via=producer_id,private"`
		Friends prom.ManyToMany[Artist, Friendship] `prom:"via=one_id,to=other_id"`
	}
	// Record refers to artists.
	Record struct {
		prom.Model
		Title    string
		Artist   prom.Ref[Artist]            `prom:"artist_id,index,ondelete=cascade,onupdate=cascade"`
		Producer sql.Null[prom.Ref[Artist]]  `prom:"producer_id,index"`
		Serial   *prom.RefBy[Serial, string] `prom:"uuid"`
		Ticket   prom.RefBy[Ticket, prom.UUID]
	}
	// Friendship is the join model of artists. Its key are references.
	Friendship struct {
		One   prom.Ref[Artist] `prom:"one_id,key"`
		Other prom.Ref[Artist] `prom:"other_id,key"`
		Since time.Time        `prom:"date"`
	}
	// Line refers to purchases by two columns, once as it must and once as it may.
	Line struct {
		prom.Model
		Shop     int64
		Number   int64
		Purchase prom.CompositeRef[Purchase] `prom:"on='shop, number'"`
		OldShop  *int64
		OldNo    *int64
		Old      prom.CompositeRef[Purchase] `prom:"on='old_shop, old_no',private"`
	}
	// Deed is soft-deleted, and has a version.
	Deed struct {
		prom.Model
		Parcel  string     `prom:"unique"`
		Owner   string     `prom:"unique=owner_area"`
		Area    int        `prom:"unique=owner_area,desc"`
		Version int        `prom:"version"`
		Gone    *time.Time `prom:"deleted"`
	}
	// Draft has a small version and no changes are tracked.
	Draft struct {
		Slug string `prom:"key"`
		Text string
		Rev  int16 `prom:"version"`
	}
)

var (
	artist        = prom.Proto[Artist]()
	record        = prom.Proto[Record]()
	line          = prom.Proto[Line]()
	artistRecords = prom.ManyOf(artist, &artist.Records)
	artistFriends = prom.ManyToManyOf(artist, &artist.Friends)
	recordArtist  = prom.RefOf(record, &record.Artist)
	linePurchase  = prom.CompositeRefOf(line, &line.Purchase)
)

func artistRows() []Artist {
	at, de := prom.NewRefBy[Country]("at"), prom.NewRefBy[Country]("de")
	artist, record := prom.NewRef[Artist], prom.NewRef[Record]
	return []Artist{
		{Model: meta(1), Name: "Ada", Country: at},
		{Model: meta(2), Name: "Bob", Country: de, Born: &at, Mentor: new(artist(1)), Best: new(record(2)),
			Token: sql.Null[prom.RefBy[Token, prom.UUID]]{V: prom.NewRefBy[Token](id(3)), Valid: true}},
		{Model: meta(3), Name: odd, Country: prom.NewRefBy[Country]("zß"), Mentor: new(artist(3)), Best: new(record(1))},
	}
}

// createArtists creates artists without the record that is their best, which is not there yet.
func createArtists(ctx context.Context, db *prom.DB) error {
	rows := artistRows()
	repo := prom.NewRepo[Artist](prom.Using(db))
	for i := range rows {
		v := rows[i]
		v.ID, v.Best, v.Mentor = 0, nil, nil
		if err := repo.Create(ctx, &v); err != nil {
			return err
		}
	}
	return nil
}

// createRecords creates records, and gives artists what refers to them.
func createRecords(ctx context.Context, db *prom.DB) error {
	records := recordRows()
	for i := range records {
		records[i].Model = made(records[i].Model)
	}
	if err := prom.NewRepo[Record](prom.Using(db)).CreateMany(ctx, records); err != nil {
		return err
	}
	artists := prom.NewRepo[Artist](prom.Using(db))
	for _, want := range artistRows() {
		v, err := artists.Get(ctx, want.ID)
		if err != nil {
			return err
		}
		v.Best, v.Mentor, v.Updated = want.Best, want.Mentor, want.Updated.Add(time.Microsecond)
		if err := artists.Save(ctx, v); err != nil {
			return err
		}
		v.Updated = want.Updated
		if err := artists.Save(ctx, v); err != nil {
			return err
		}
	}
	return nil
}

func recordRows() []Record {
	artist, ticket := prom.NewRef[Artist], prom.NewRefBy[Ticket, prom.UUID]
	return []Record{
		{Model: meta(1), Title: "One", Artist: artist(1), Ticket: ticket(id(1))},
		{Model: meta(2), Title: "Two", Artist: artist(1), Producer: sql.Null[prom.Ref[Artist]]{V: artist(2), Valid: true},
			Serial: new(prom.NewRefBy[Serial](id(250).String())), Ticket: ticket(id(2))},
		{Model: meta(3), Title: odd, Artist: artist(3), Ticket: ticket(id(2))},
	}
}

func friendshipRows() []Friendship {
	artist := prom.NewRef[Artist]
	return []Friendship{{artist(1), artist(2), day(1)}, {artist(1), artist(3), day(2)}, {artist(2), artist(2), day(3)}}
}

func lineRows() []Line {
	return []Line{
		{Model: meta(1), Shop: 1, Number: 2},
		{Model: meta(2), Shop: 2, Number: 1 << 62, OldShop: new(int64(-1)), OldNo: new(int64(0))},
		{Model: meta(3), Shop: 1, Number: 1, OldShop: new(int64(7))}, // a part of a key refers to nothing
	}
}

func deedRows() []Deed {
	gone := second(50)
	return []Deed{
		{Model: meta(1), Parcel: "p1", Owner: "a", Area: 1, Version: 1},
		{Model: meta(2), Parcel: "p2", Owner: "a", Area: 2, Version: 4},
		{Model: meta(3), Parcel: "p3", Owner: "a", Area: 3, Version: 2, Gone: &gone},
		{Model: meta(4), Parcel: "p3", Owner: "a", Area: 3, Version: 1}, // where the deleted one was
	}
}

// createDeeds writes deeds as often as their versions say.
func createDeeds(ctx context.Context, db *prom.DB) error {
	repo := prom.NewRepo[Deed](prom.Using(db))
	gone, err := prom.FieldByName(repo, "gone")
	if err != nil {
		return err
	}
	key, err := prom.FieldByName(repo, "_id")
	if err != nil {
		return err
	}
	updated, err := prom.FieldByName(repo, "_updated")
	if err != nil {
		return err
	}
	for _, want := range deedRows() {
		writes := want.Version - 1
		if want.Gone != nil {
			writes--
		}
		v := want
		v.ID, v.Gone, v.Version, v.Area, v.Updated = 0, nil, 0, want.Area+writes, want.Updated.Add(time.Duration(writes)*time.Second)
		if err := repo.Create(ctx, &v); err != nil {
			return err
		}
		for n := writes - 1; n >= 0; n-- {
			v.Area, v.Updated = want.Area+n, want.Updated.Add(time.Duration(n)*time.Second)
			if err := repo.Save(ctx, &v); err != nil {
				return err
			}
		}
		if want.Gone != nil {
			if _, err := repo.Where(key.Eq(want.ID)).Update(ctx, gone.Set(*want.Gone), updated.Set(want.Updated)); err != nil {
				return err
			}
		}
	}
	return nil
}

func draftRows() []Draft { return []Draft{{"a", "text", 3}, {"b", odd, 1}} }

// createDrafts writes drafts as often as their versions say.
func createDrafts(ctx context.Context, db *prom.DB) error {
	repo := prom.NewRepo[Draft](prom.Using(db))
	for _, want := range draftRows() {
		v := Draft{Slug: want.Slug, Text: want.Text}
		if err := repo.Create(ctx, &v); err != nil {
			return err
		}
		for v.Rev < want.Rev {
			if err := repo.Save(ctx, &v); err != nil {
				return err
			}
		}
	}
	return nil
}
