package dialect

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ZoneName returns how statements name a zone: as the time zone database does, or one of a fixed offset by that, in
// POSIX's notation, which PostgreSQL takes as well (the manual's section "POSIX Time Zone Specifications"). Nil is UTC.
func ZoneName(zone *time.Location) (string, error) {
	if zone == nil || zone == time.UTC {
		return "UTC", nil
	}
	if zone == time.Local {
		return "", errors.New("InZone does not take time.Local, whose name no database knows; use time.LoadLocation")
	}
	at := time.Unix(0, 0).In(zone)
	if from, to := at.ZoneBounds(); from.IsZero() && to.IsZero() {
		_, offset := at.Zone()
		return FixedZone(offset), nil
	}
	return zone.String(), nil
}

// FixedZone returns the zone that is so many seconds east of UTC. POSIX counts to the west.
func FixedZone(east int) string {
	if east == 0 {
		return "UTC"
	}
	sign, n := "-", east
	if east < 0 {
		sign, n = "+", -east
	}
	return fmt.Sprintf("<prom>%s%02d:%02d:%02d", sign, n/3600, n/60%60, n%60)
}

// ParseFixedZone reads what FixedZone has written.
func ParseFixedZone(name string) (*time.Location, bool) {
	clock, ok := strings.CutPrefix(name, "<prom>")
	if !ok || len(clock) != len("+00:00:00") {
		return nil, false
	}
	seconds := 0
	for part := range strings.SplitSeq(clock[1:], ":") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil, false
		}
		seconds = seconds*60 + n
	}
	if clock[0] == '-' {
		return time.FixedZone(name, seconds), true
	}
	return time.FixedZone(name, -seconds), true
}
