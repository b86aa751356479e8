package prom_test

import (
	"context"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// Song is one of those that listeners like.
type Song struct {
	prom.Model
	Title string
	Fans  prom.ManyToMany[Listener, Like]
	Likes int64 `prom:"computed"` // how many like it
	Liked bool  `prom:"computed"` // whether the one who looks does
}

// Listener is somebody who likes songs.
type Listener struct {
	prom.Model
	Name  string
	Likes prom.Many[Like]
	Given int64 `prom:"computed"` // how many songs they like
}

// Like is a listener's of a song.
type Like struct {
	Song     prom.Ref[Song]     `prom:"key"`
	Listener prom.Ref[Listener] `prom:"key"`
}

var (
	songs         = prom.NewRepo[Song](prom.On("songs"))
	listeners     = prom.NewRepo[Listener](prom.On("songs"))
	likes         = prom.NewRepo[Like](prom.On("songs"))
	song          = prom.Proto[Song]()
	songTitle     = prom.TextOf(song, &song.Title)
	songFans      = prom.ManyToManyOf(song, &song.Fans)
	listener      = prom.Proto[Listener]()
	listenerID    = prom.NumberOf(listener, &listener.ID)
	listenerName  = prom.TextOf(listener, &listener.Name)
	listenerLikes = prom.ManyOf(listener, &listener.Likes)
)

// jukebox fills the database of the examples.
func jukebox(ctx context.Context) (db *prom.DB, ada Listener) {
	db, err := prom.Open("sqlite://:memory:#songs")
	if err != nil {
		log.Fatal(err)
	}
	ada, bob := Listener{Name: "ada"}, Listener{Name: "bob"}
	aria, blues := Song{Title: "Aria"}, Song{Title: "Blues"}
	for _, err := range []error{listeners.Create(ctx, &ada), listeners.Create(ctx, &bob), songs.Create(ctx, &aria), songs.Create(ctx, &blues),
		likes.Create(ctx, &Like{prom.RefTo(&aria), prom.RefTo(&ada)}), likes.Create(ctx, &Like{prom.RefTo(&aria), prom.RefTo(&bob)}),
		likes.Create(ctx, &Like{prom.RefTo(&blues), prom.RefTo(&bob)})} {
		if err != nil {
			log.Fatal(err)
		}
	}
	return db, ada
}

func ExampleQuery_Compute() {
	ctx := context.Background()
	db, ada := jukebox(ctx)
	defer db.Close()

	page, err := songs.OrderBy(songTitle.Asc()).Compute(
		prom.Col(&song.Likes, songFans.Count()),
		prom.Col(&song.Liked, songFans.Has(listenerID.Eq(ada.ID)))).PageAt(ctx, 20, 0)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range page.Rows {
		fmt.Println(s.Title, s.Likes, s.Liked)
	}
	fmt.Println("of", page.Total)

	// Output:
	// Aria 2 true
	// Blues 1 false
	// of 2
}

// The rows of relations have computed fields as well.
func ExampleManyToManyField_Compute() {
	ctx := context.Background()
	db, _ := jukebox(ctx)
	defer db.Close()

	fans := songFans.OrderBy(listenerName.Asc()).Compute(prom.Col(&listener.Given, listenerLikes.Count()))
	list, err := songs.OrderBy(songTitle.Asc()).With(fans).All(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range list {
		for _, fan := range s.Fans.Rows() {
			fmt.Println(s.Title, fan.Name, fan.Given)
		}
	}

	// Output:
	// Aria ada 1
	// Aria bob 2
	// Blues bob 2
}
