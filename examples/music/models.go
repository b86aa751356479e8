package main

import (
	"time"

	"github.com/prom-go/prom"
)

// Genre is what kind of music a track is.
type Genre struct {
	prom.Model
	Name string `prom:"unique"`
}

// Artist has albums.
type Artist struct {
	prom.Model
	Name   string `prom:"nonempty"`
	Albums prom.Many[Album]
}

// Album is by one artist. References have no index of their own: those that rows are looked for by get one.
type Album struct {
	prom.Model
	Artist prom.Ref[Artist] `prom:"artist_id,index"`
	Title  string
	Tracks prom.Many[Track]
}

// Track stands on one album and on any number of playlists.
type Track struct {
	prom.Model
	Album     prom.Ref[Album]  `prom:"album_id,index"`
	Genre     *prom.Ref[Genre] `prom:"genre_id,index"` // nil when nobody knows
	Name      string
	Seconds   int `prom:"min=1"`
	Lines     prom.Many[Line]
	Playlists prom.ManyVia[Playlist, Entry]
}

// Playlist is a list of tracks. Many to many: rows of a join model connect the two.
type Playlist struct {
	prom.Model
	Name   string
	Tracks prom.ManyVia[Track, Entry]
}

// Entry connects a playlist with a track, and says where it stands. Its key is the two together, so that no track is
// twice on a list.
type Entry struct {
	Playlist prom.Ref[Playlist] `prom:"key"`
	Track    prom.Ref[Track]    `prom:"key,index"`
	Place    int
}

// Employee reports to a boss, who is an employee: a tree. Whoever has no boss is at its top.
type Employee struct {
	prom.Model
	Name      string
	Boss      *prom.Ref[Employee] `prom:"boss_id,index"`
	Customers prom.Many[Customer]
}

// Customer is looked after by an employee.
type Customer struct {
	prom.Model
	Name     string
	Country  string             `prom:"index"`
	Support  prom.Ref[Employee] `prom:"support_id,index"`
	Invoices prom.Many[Invoice]
}

// Invoice is what a customer bought at one time. Money is a whole number of cents, which both engines add up exactly.
type Invoice struct {
	prom.Model
	Customer prom.Ref[Customer] `prom:"customer_id,index"`
	At       time.Time          `prom:"index"`
	Cents    int64              `prom:"min=0"` // of all its lines
}

// Line is one track of an invoice.
type Line struct {
	prom.Model
	Invoice  prom.Ref[Invoice] `prom:"invoice_id,index"`
	Track    prom.Ref[Track]   `prom:"track_id,index"`
	Cents    int64             // of one copy
	Quantity int64             `prom:"min=1"`
}

// The handles of fields and relations. They are what queries are made of, and the compiler knows by them which model a
// condition is about and what it may be compared with.
var (
	genreName = prom.TextOf(func(g *Genre) *string { return &g.Name })

	artistID     = prom.NumberOf(func(a *Artist) *int64 { return &a.ID })
	artistName   = prom.TextOf(func(a *Artist) *string { return &a.Name })
	artistAlbums = prom.ManyOf(func(a *Artist) *prom.Many[Album] { return &a.Albums })

	albumID     = prom.NumberOf(func(a *Album) *int64 { return &a.ID })
	albumArtist = prom.RefOf(func(a *Album) *prom.Ref[Artist] { return &a.Artist })
	albumTitle  = prom.TextOf(func(a *Album) *string { return &a.Title })
	albumTracks = prom.ManyOf(func(a *Album) *prom.Many[Track] { return &a.Tracks })

	trackID        = prom.NumberOf(func(t *Track) *int64 { return &t.ID })
	trackAlbum     = prom.RefOf(func(t *Track) *prom.Ref[Album] { return &t.Album })
	trackGenre     = prom.NullRefOf(func(t *Track) **prom.Ref[Genre] { return &t.Genre })
	trackName      = prom.TextOf(func(t *Track) *string { return &t.Name })
	trackSeconds   = prom.NumberOf(func(t *Track) *int { return &t.Seconds })
	trackLines     = prom.ManyOf(func(t *Track) *prom.Many[Line] { return &t.Lines })
	trackPlaylists = prom.ManyViaOf(func(t *Track) *prom.ManyVia[Playlist, Entry] { return &t.Playlists })

	playlistID     = prom.NumberOf(func(p *Playlist) *int64 { return &p.ID })
	playlistName   = prom.TextOf(func(p *Playlist) *string { return &p.Name })
	playlistTracks = prom.ManyViaOf(func(p *Playlist) *prom.ManyVia[Track, Entry] { return &p.Tracks })
	entryPlace     = prom.NumberOf(func(e *Entry) *int { return &e.Place })

	employeeID        = prom.NumberOf(func(e *Employee) *int64 { return &e.ID })
	employeeName      = prom.TextOf(func(e *Employee) *string { return &e.Name })
	employeeBoss      = prom.NullRefOf(func(e *Employee) **prom.Ref[Employee] { return &e.Boss })
	employeeCustomers = prom.ManyOf(func(e *Employee) *prom.Many[Customer] { return &e.Customers })

	customerID       = prom.NumberOf(func(c *Customer) *int64 { return &c.ID })
	customerName     = prom.TextOf(func(c *Customer) *string { return &c.Name })
	customerCountry  = prom.TextOf(func(c *Customer) *string { return &c.Country })
	customerInvoices = prom.ManyOf(func(c *Customer) *prom.Many[Invoice] { return &c.Invoices })

	invoiceID       = prom.NumberOf(func(i *Invoice) *int64 { return &i.ID })
	invoiceCustomer = prom.RefOf(func(i *Invoice) *prom.Ref[Customer] { return &i.Customer })
	invoiceAt       = prom.TimeOf(func(i *Invoice) *time.Time { return &i.At })
	invoiceCents    = prom.NumberOf(func(i *Invoice) *int64 { return &i.Cents })

	lineTrack    = prom.RefOf(func(l *Line) *prom.Ref[Track] { return &l.Track })
	lineCents    = prom.NumberOf(func(l *Line) *int64 { return &l.Cents })
	lineQuantity = prom.NumberOf(func(l *Line) *int64 { return &l.Quantity })
)

// Shop is the repos of one connection. The reports are its methods.
type Shop struct {
	genres    *prom.Repo[Genre]
	artists   *prom.Repo[Artist]
	albums    *prom.Repo[Album]
	tracks    *prom.Repo[Track]
	playlists *prom.Repo[Playlist]
	entries   *prom.Repo[Entry]
	employees *prom.Repo[Employee]
	customers *prom.Repo[Customer]
	invoices  *prom.Repo[Invoice]
	lines     *prom.Repo[Line]
}

// newShop returns the repos with the given options, of which the connection is one.
func newShop(on ...prom.RepoOption) Shop {
	return Shop{
		prom.NewRepo[Genre](on...), prom.NewRepo[Artist](on...), prom.NewRepo[Album](on...), prom.NewRepo[Track](on...),
		prom.NewRepo[Playlist](on...), prom.NewRepo[Entry](on...), prom.NewRepo[Employee](on...), prom.NewRepo[Customer](on...),
		prom.NewRepo[Invoice](on...), prom.NewRepo[Line](on...),
	}
}
