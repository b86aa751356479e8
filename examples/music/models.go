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
	Playlists prom.ManyToMany[Playlist, Entry]
}

// Playlist is a list of tracks. Many to many: rows of a join model connect the two.
type Playlist struct {
	prom.Model
	Name   string
	Tracks prom.ManyToMany[Track, Entry]
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
	genre     = prom.Proto[Genre]()
	artist    = prom.Proto[Artist]()
	album     = prom.Proto[Album]()
	track     = prom.Proto[Track]()
	playlist  = prom.Proto[Playlist]()
	entry     = prom.Proto[Entry]()
	employee  = prom.Proto[Employee]()
	customer  = prom.Proto[Customer]()
	invoice   = prom.Proto[Invoice]()
	line      = prom.Proto[Line]()
	genreName = prom.TextOf(genre, &genre.Name)

	artistID     = prom.NumberOf(artist, &artist.ID)
	artistName   = prom.TextOf(artist, &artist.Name)
	artistAlbums = prom.ManyOf(artist, &artist.Albums)

	albumID     = prom.NumberOf(album, &album.ID)
	albumArtist = prom.RefOf(album, &album.Artist)
	albumTitle  = prom.TextOf(album, &album.Title)
	albumTracks = prom.ManyOf(album, &album.Tracks)

	trackID        = prom.NumberOf(track, &track.ID)
	trackAlbum     = prom.RefOf(track, &track.Album)
	trackGenre     = prom.NullRefOf(track, &track.Genre)
	trackName      = prom.TextOf(track, &track.Name)
	trackSeconds   = prom.NumberOf(track, &track.Seconds)
	trackLines     = prom.ManyOf(track, &track.Lines)
	trackPlaylists = prom.ManyToManyOf(track, &track.Playlists)

	playlistID     = prom.NumberOf(playlist, &playlist.ID)
	playlistName   = prom.TextOf(playlist, &playlist.Name)
	playlistTracks = prom.ManyToManyOf(playlist, &playlist.Tracks)
	entryPlace     = prom.NumberOf(entry, &entry.Place)

	employeeID        = prom.NumberOf(employee, &employee.ID)
	employeeName      = prom.TextOf(employee, &employee.Name)
	employeeBoss      = prom.NullRefOf(employee, &employee.Boss)
	employeeCustomers = prom.ManyOf(employee, &employee.Customers)

	customerID       = prom.NumberOf(customer, &customer.ID)
	customerName     = prom.TextOf(customer, &customer.Name)
	customerCountry  = prom.TextOf(customer, &customer.Country)
	customerInvoices = prom.ManyOf(customer, &customer.Invoices)

	invoiceID       = prom.NumberOf(invoice, &invoice.ID)
	invoiceCustomer = prom.RefOf(invoice, &invoice.Customer)
	invoiceAt       = prom.TimeOf(invoice, &invoice.At)
	invoiceCents    = prom.NumberOf(invoice, &invoice.Cents)

	lineTrack    = prom.RefOf(line, &line.Track)
	lineCents    = prom.NumberOf(line, &line.Cents)
	lineQuantity = prom.NumberOf(line, &line.Quantity)
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
