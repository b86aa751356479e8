package relations_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// The models of soft deletion in relations: clubs with players, and those who are fans of both.
type (
	Club struct {
		prom.Model
		Name    string
		Gone    *time.Time `prom:"deleted"`
		Players prom.Many[Player]
		Stars   prom.ManyToMany[Player, Stardom]
	}
	Player struct {
		prom.Model
		Club  prom.Ref[Club]
		Name  string
		Gone  *time.Time `prom:"deleted"`
		Calls []string   `prom:"-"`
	}
	Stardom struct {
		prom.Model
		Club   prom.Ref[Club]
		Player prom.Ref[Player]
		Gone   *time.Time `prom:"deleted"`
	}
)

func (p *Player) BeforeDelete(context.Context) error { p.Calls = append(p.Calls, "before"); return nil }

func (p *Player) AfterDelete(context.Context) error {
	if p.Name == "cannot go" {
		return errors.New("cannot go")
	}
	p.Calls = append(p.Calls, "after")
	return nil
}

var (
	club        = prom.Proto[Club]()
	player      = prom.Proto[Player]()
	clubPlayers = prom.ManyOf(club, &club.Players)
	clubStars   = prom.ManyToManyOf(club, &club.Stars)
	playerClub  = prom.RefOf(player, &player.Club)
	playerName  = prom.TextOf(player, &player.Name)
)

// Ensure that relations are loaded and asked for without the soft-deleted rows, on either side and in between, and that
// hooks are called when one is marked.
// parity: M23 M24 M25
func TestSoftDeleteInRelations(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		db := kit.Open(t, e.DSN)
		clubs, players, stardoms := prom.NewRepo[Club](prom.Using(db)), prom.NewRepo[Player](prom.Using(db)), prom.NewRepo[Stardom](prom.Using(db))
		club := kit.MustCreate(t, clubs, Club{Name: "c"})
		var team []*Player
		var stars []*Stardom
		for _, name := range []string{"a", "b", "c", "d"} {
			p := kit.MustCreate(t, players, Player{Club: prom.RefTo(club), Name: name})
			team = append(team, p)
			stars = append(stars, kit.MustCreate(t, stardoms, Stardom{Club: prom.RefTo(club), Player: prom.RefTo(p)}))
		}
		names := func(list []Player) (s string) {
			for i := range list {
				s += list[i].Name
			}
			return s
		}
		load := func(relations ...prom.Relation[*Club]) *Club {
			t.Helper()
			c, err := clubs.With(relations...).First(ctx)
			is.NoErr(err)
			return c
		}
		order := playerName.Asc()
		is.NoErr(players.Delete(ctx, team[1]))
		is.Equal(team[1].Calls, []string{"before", "after"})
		is.NoErr(stardoms.Delete(ctx, stars[2]))
		is.Equal(names(load(clubPlayers.OrderBy(order)).Players.Rows()), "acd")
		is.Equal(names(load(clubPlayers.OrderBy(order).Limit(2)).Players.Rows()), "ac")
		is.Equal(names(load(clubStars.OrderBy(order)).Stars.Rows()), "ad")
		is.Equal(names(load(clubStars.OrderBy(playerName.Desc()).Limit(1)).Stars.Rows()), "d")
		n, err := clubs.Where(clubPlayers.Has(playerName.Eq("b"))).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 0)
		n, err = clubs.Where(clubStars.Has(playerName.In("b", "c"))).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 0)

		stuck := kit.MustCreate(t, players, Player{Club: prom.RefTo(club), Name: "cannot go"})
		is.Equal(players.Delete(ctx, stuck).Error(), "cannot go")
		is.True(stuck.Gone == nil && len(stuck.Calls) == 0)
		is.NoErr(clubs.Delete(ctx, club))
		list, err := players.OrderBy(order).With(playerClub).All(ctx)
		is.NoErr(err)
		is.Equal(names(list), "accannot god")
		for i := range list {
			_, there := list[i].Club.Get()
			is.True(!there) // the club is gone
		}
		n, err = players.Where(playerClub.Has()).Count(ctx)
		is.NoErr(err)
		is.Equal(n, 0)
	})
}
