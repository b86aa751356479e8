package kit

import (
	"time"

	"github.com/prom-go/prom"
)

// Note is the model that most tests use.
type Note struct {
	prom.Model
	Title string `prom:"size=1..100,index"`
	Body  string
	Views int
	Stars *int
	At    time.Time
}

// Handles of [Note].
var (
	note      = prom.Proto[Note]()
	NoteID    = prom.NumberOf(note, &note.ID)
	NoteTitle = prom.TextOf(note, &note.Title)
	NoteBody  = prom.TextOf(note, &note.Body)
	NoteViews = prom.NumberOf(note, &note.Views)
	NoteStars = prom.NullNumberOf(note, &note.Stars)
	NoteAt    = prom.TimeOf(note, &note.At)
)

// Notes returns a repo of notes on a database.
func Notes(db *prom.DB) *prom.Repo[Note] { return prom.NewRepo[Note](prom.Using(db)) }
