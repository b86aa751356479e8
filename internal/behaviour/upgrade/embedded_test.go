package upgrade_test

import "github.com/prom-go/prom"

type (
	// Abode is embedded under several prefixes.
	Abode struct {
		Town string `prom:"index,size=..40"`
		Post *string
		At   Spot `prom:"embed=at_"`
	}
	Spot struct{ X, Y float64 }
	// Guild has a unique column that others refer to.
	Guild struct {
		prom.Model
		Code string `prom:"unique"`
		Seat Abode  `prom:"embed=seat_"`
	}
	// Guilder refers to a guild by its code, and to itself as it must.
	Guilder struct {
		ID     int64 `prom:"key"`
		Guild  string
		Of     prom.CompositeRef[Guild] `prom:"on=guild,to=code"`
		Home   Abode                    `prom:"embed=home_"`
		Work   Abode                    `prom:"embed=work_"`
		Warden prom.Ref[Guilder]        `prom:"warden_id,deferrable"`
	}
)

func guildRows() []Guild {
	return []Guild{
		{Model: meta(1), Code: "a", Seat: Abode{Town: "Ulm", Post: new("1"), At: Spot{1, -2}}},
		{Model: meta(2), Code: odd, Seat: Abode{Town: "Köln"}},
	}
}

func guilderRows() []Guilder {
	warden := prom.NewRef[Guilder]
	return []Guilder{
		{ID: 1, Guild: "a", Home: Abode{Town: "Ulm"}, Work: Abode{Town: "Bonn", Post: new("")}, Warden: warden(1)},
		{ID: 2, Guild: odd, Home: Abode{At: Spot{0.1, 0}}, Warden: warden(1)},
	}
}
