//go:build unix

package failover_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/outbox"
)

// The capability program is what a service does with a database, in small steps: see capability_test.go. Its volumes
// are in a table that an engine may have in partitions, all else is in ordinary tables.
type (
	// Wing has a unique name, and the volumes that refer to it.
	Wing struct {
		prom.Model
		Name    string `prom:"unique"`
		Volumes prom.Many[Volume]
	}
	Volume struct {
		prom.Model
		Wing    prom.Ref[Wing] `prom:"wing_id,index"`
		Title   string
		Body    string
		Pages   int
		Price   string `prom:"decimal=12.2"`
		State   Shelved
		Tags    []string
		About   map[string]any
		Loan    prom.Range[int64]
		At      time.Time
		Cover   []byte
		Version int        `prom:"version"`
		Deleted *time.Time `prom:"deleted"`
		_       struct{}   `prom:"fulltext='title A, body B'"`
	}
	// WiderVolume is that of the next version of the program, and CodedVolume that of the one after it.
	WiderVolume struct {
		Volume
		Note *string
	}
	CodedVolume struct {
		Volume
		Code *string `prom:"unique"`
	}
)

func (WiderVolume) TableName() string { return "volume" }
func (CodedVolume) TableName() string { return "volume" }

// Shelved is an enum.
type Shelved string

func (Shelved) Values() []Shelved { return []Shelved{"in", "out"} }

var (
	wing        = prom.Proto[Wing]()
	wingName    = prom.TextOf(wing, &wing.Name)
	wingVolumes = prom.ManyOf(wing, &wing.Volumes)
	volume      = prom.Proto[Volume]()
	volumeID    = prom.NumberOf(volume, &volume.ID)
	volumeWing  = prom.RefOf(volume, &volume.Wing)
	volumeTitle = prom.TextOf(volume, &volume.Title)
	volumePages = prom.NumberOf(volume, &volume.Pages)
	volumePrice = prom.OrderedOf(volume, &volume.Price)
	volumeState = prom.TextOf(volume, &volume.State)
	volumeTags  = prom.ListOf(volume, &volume.Tags)
	volumeAbout = prom.JSONOf(volume, &volume.About)
	volumeLoan  = prom.RangeOf(volume, &volume.Loan)
	volumeAt    = prom.TimeOf(volume, &volume.At)
	volumeCover = prom.FieldOf(volume, &volume.Cover)
	volumeText  = prom.FullTextOf(volume)
	coded       = prom.Proto[CodedVolume]()
	codedCode   = prom.NullTextOf(coded, &coded.Code)
)

// service is the program on one connection.
type service struct {
	db       *prom.DB
	wings    *prom.Repo[Wing]
	volumes  *prom.Repo[Volume]
	messages *prom.Repo[outbox.Message]
	engine   dbtest.Engine
	folder   string // for files
	step     string // the one that runs
}

func newService(t *testing.T, e dbtest.Engine) *service {
	db := kit.Open(t, e.DSN)
	on := prom.Using(db)
	return &service{db: db, engine: e, folder: t.TempDir(),
		wings: prom.NewRepo[Wing](on), volumes: prom.NewRepo[Volume](on), messages: outbox.NewRepo(on)}
}

// seeds are the volumes that are there before the first step.
const seeds = 5

var begun = time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)

// prepare makes the tables and their first rows.
func (s *service) prepare(ctx context.Context, beforeRows func() error) error {
	if err := prom.Install(ctx, s.wings, s.volumes, s.messages); err != nil {
		return err
	}
	if err := beforeRows(); err != nil {
		return err
	}
	w := Wing{Name: "seed"}
	if err := s.wings.Create(ctx, &w); err != nil {
		return err
	}
	list := make([]Volume, seeds)
	for i := range list {
		list[i] = s.volume(w, i)
		list[i].Title = fmt.Sprintf("seed %d", i)
	}
	return s.volumes.CreateMany(ctx, list)
}

// volume returns a new volume of a wing.
func (s *service) volume(w Wing, i int) Volume {
	return Volume{Wing: prom.NewRef[Wing](w.ID), Title: fmt.Sprintf("%s %d", s.step, i),
		Body: "a book of whales and the sea", Pages: 100 * i, Price: fmt.Sprintf("%d.50", i),
		State: "in", Tags: []string{"sea", fmt.Sprint(i)},
		About: map[string]any{"author": map[string]any{"name": "Ann"}, "no": i}, Loan: prom.RangeFrom(int64(i)),
		At: begun.Add(time.Duration(i) * time.Hour)}
}

// seeded are the volumes that are there before the first step, in their order.
func (s *service) seeded() *prom.Query[Volume] {
	return s.volumes.Where(volumeTitle.HasPrefix("seed ")).OrderBy(volumeID.Asc())
}

// mine are the volumes of the step.
func (s *service) mine() *prom.Query[Volume] {
	return s.volumes.Where(volumeTitle.HasPrefix(s.step + " "))
}

// create creates n volumes of the step.
func (s *service) create(ctx context.Context, n int) ([]Volume, error) {
	v, err := s.newVolume(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]Volume, n)
	for i := range list {
		list[i] = v
		list[i].Title = fmt.Sprintf("%s %d", s.step, i)
	}
	return list, s.volumes.CreateMany(ctx, list)
}

// newVolume returns a volume of the step that is not stored.
func (s *service) newVolume(ctx context.Context) (Volume, error) {
	w, err := prom.GetBy(ctx, s.wings, wingName, "seed")
	if err != nil {
		return Volume{}, err
	}
	return s.volume(*w, 0), nil
}
