package dialect_test

import (
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/dialect"
)

// Ensure that zones are named as databases know them, and that a fixed offset is read as it was written.
func TestZoneName(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	is.NoErr(err)
	for want, zone := range map[string]*time.Location{
		"UTC": nil, "Asia/Tokyo": tokyo, "<prom>-05:30:00": time.FixedZone("IST",
			19800), "<prom>+00:00:28": time.FixedZone("UTC", -28),
	} {
		got, err := dialect.ZoneName(zone)
		is.NoErr(err)
		is.Equal(got, want)
	}
	_, err = dialect.ZoneName(time.Local)
	is.True(err != nil)
	for _, east := range []int{1, -1, 3600, -12345, 50400, 86399} {
		zone, ok := dialect.ParseFixedZone(dialect.FixedZone(east))
		is.True(ok)
		_, offset := time.Unix(0, 0).In(zone).Zone()
		is.Equal(offset, east)
	}
	is.Equal(dialect.FixedZone(0), "UTC")
	for _, name := range []string{"UTC", "<prom>", "<prom>+1:2:3", "<prom>+aa:00:00", "Europe/Berlin"} {
		_, ok := dialect.ParseFixedZone(name)
		is.True(!ok)
	}
}
