package main

import (
	"cmp"
	"maps"
	"slices"
)

func hits(c *checker) {
	earned := c.earned()
	best := map[int64]*Track{}
	for i := range c.tracks {
		t := &c.tracks[i]
		if t.Genre == nil {
			continue
		}
		if old := best[t.Genre.Key()]; old == nil || earned[t.ID] > earned[old.ID] {
			best[t.Genre.Key()] = t
		}
	}
	var want []Hit
	for genre, t := range best {
		want = append(want, Hit{c.genre[genre].Name, t.Name, earned[t.ID], 1})
	}
	slices.SortFunc(want, func(a, b Hit) int { return cmp.Compare(a.Genre, b.Genre) })
	got, err := c.shop.Hits(c.Context())
	c.is.NoErr(err)
	same(c, got, want)
}

func albumLengths(c *checker) {
	type numbers struct{ tracks, long, seconds int }
	sums := map[int64]numbers{}
	for _, t := range c.tracks {
		n := sums[t.Album.Key()]
		n.tracks++
		n.seconds += t.Seconds
		if t.Seconds > 300 {
			n.long++
		}
		sums[t.Album.Key()] = n
	}
	order := keys(c.albums, func(a *Album) int64 { return a.ID })
	slices.SortStableFunc(order, func(a, b int64) int { return cmp.Compare(sums[b].tracks, sums[a].tracks) })
	got, err := c.shop.AlbumLengths(c.Context(), len(order))
	c.is.NoErr(err)
	same(c, keys(got, func(a *AlbumLength) int64 { return a.ID }), order)
	for _, a := range got {
		n := sums[a.ID]
		c.is.Equal([2]int{int(a.Tracks), int(a.Long)}, [2]int{n.tracks, n.long})
		c.is.Equal(a.Seconds == nil, n.tracks == 0)
		c.is.True(a.Seconds == nil || *a.Seconds == n.seconds)
		c.is.Equal(a.Title, c.album[a.ID].Title)
	}
	c.is.Equal(got[len(got)-1].Seconds, nil) // some albums have no tracks
}

func sharing(c *checker) {
	of := map[int64]bool{} // the tracks of a list
	list := c.playlists[5].ID
	for _, e := range c.entries {
		if e.Playlist.Key() == list {
			of[e.Track.Key()] = true
		}
	}
	common := map[int64]int64{}
	for _, e := range c.entries {
		if e.Playlist.Key() != list && of[e.Track.Key()] {
			common[e.Playlist.Key()]++
		}
	}
	var want []Shared
	for _, p := range c.playlists {
		if n := common[p.ID]; n > 0 {
			want = append(want, Shared{A: p.Name, B: n})
		}
	}
	slices.SortStableFunc(want, func(a, b Shared) int { return cmp.Compare(b.B, a.B) })
	got, err := c.shop.Sharing(c.Context(), list)
	c.is.NoErr(err)
	same(c, got, want)
}

func quarters(c *checker) {
	var lengths []int
	for _, t := range c.tracks {
		lengths = append(lengths, t.Seconds)
	}
	slices.Sort(lengths)
	var want []Quarter
	for i, rest := 0, lengths; i < 4; i++ {
		n := len(lengths) / 4
		if i < len(lengths)%4 {
			n++
		}
		want = append(want, Quarter{int64(i + 1), int64(n), rest[0], rest[n-1]})
		rest = rest[n:]
	}
	got, err := c.shop.Quarters(c.Context())
	c.is.NoErr(err)
	same(c, got, want)
}

func neverSold(c *checker) {
	earned := c.earned()
	var want []int64
	for _, t := range c.tracks {
		if _, sold := earned[t.ID]; !sold && t.Genre != nil && c.genre[t.Genre.Key()].Name == "Waltz" {
			want = append(want, t.ID)
		}
	}
	same(c, read(c, c.shop.NeverSold("Waltz"), trackKey), want)
	same(c, read(c, c.shop.NeverSoldToo("Waltz"), trackKey), want)
	n, err := c.shop.NeverSold("Waltz").Count(c.Context())
	c.is.NoErr(err)
	c.is.Equal(n, len(want))
}

func graph(c *checker) {
	albums, tracks := map[int64][]*Album{}, map[int64][]*Track{}
	for i := range c.albums {
		key := c.albums[i].Artist.Key()
		albums[key] = append(albums[key], &c.albums[i])
	}
	for i := range c.tracks {
		key := c.tracks[i].Album.Key()
		tracks[key] = append(tracks[key], &c.tracks[i])
	}
	names := map[int64]string{} // of the lists of each track
	name := byKey(c.playlists, func(p *Playlist) int64 { return p.ID })
	for _, e := range c.entries { // in the order of the lists, which is that of their names
		names[e.Track.Key()] += name[e.Playlist.Key()].Name + ";"
	}
	got, err := c.shop.Graph(c.Context(), len(c.artists))
	c.is.NoErr(err)
	c.is.Equal(len(got), len(c.artists))
	for i, artist := range got {
		c.is.Equal(artist.ID, c.artists[i].ID)
		want := albums[artist.ID]
		slices.SortStableFunc(want, func(a, b *Album) int { return cmp.Compare(a.Title, b.Title) })
		c.is.Equal(len(artist.Albums.Rows()), len(want))
		for j, album := range artist.Albums.Rows() {
			c.is.Equal(album.ID, want[j].ID)
			want := tracks[album.ID]
			slices.SortStableFunc(want, func(a, b *Track) int { return cmp.Compare(b.Seconds, a.Seconds) })
			want = want[:min(2, len(want))]
			c.is.Equal(len(album.Tracks.Rows()), len(want))
			for k, track := range album.Tracks.Rows() {
				c.is.Equal(track.ID, want[k].ID)
				c.is.Equal(track.Genre == nil, want[k].Genre == nil)
				if track.Genre != nil {
					genre, ok := track.Genre.Get()
					c.is.True(ok)
					c.is.Equal(genre.Name, c.genre[want[k].Genre.Key()].Name)
				}
				text := ""
				for _, p := range track.Playlists.Rows() {
					text += p.Name + ";"
				}
				c.is.Equal(text, names[track.ID])
			}
		}
	}
}

func program(c *checker) {
	list := c.playlists[3].ID
	at := map[int]int64{}
	for _, e := range c.entries {
		if e.Playlist.Key() == list {
			at[e.Place] = e.Track.Key()
		}
	}
	var want []int64
	for _, place := range slices.Sorted(maps.Keys(at))[:7] {
		want = append(want, at[place])
	}
	got, err := c.shop.Program(c.Context(), list, 7)
	c.is.NoErr(err)
	same(c, keys(got, trackKey), want)
}

func longest(c *checker) {
	sorted := slices.Clone(c.tracks)
	slices.SortStableFunc(sorted, func(a, b Track) int { return cmp.Or(cmp.Compare(b.Seconds, a.Seconds), cmp.Compare(a.Name, b.Name)) })
	want := keys(sorted, trackKey)
	first, err := c.shop.Longest(c.Context(), "", 300)
	c.is.NoErr(err)
	var got []int64
	for page := first; ; {
		got = append(got, keys(page.Rows, trackKey)...)
		if page.Next == "" {
			break
		}
		page, err = c.shop.Longest(c.Context(), page.Next, 300)
		c.is.NoErr(err)
	}
	same(c, got, want)
	c.is.Equal(first.Prev, "")
	second, err := c.shop.Longest(c.Context(), first.Next, 300)
	c.is.NoErr(err)
	back, err := c.shop.Longest(c.Context(), second.Prev, 300)
	c.is.NoErr(err)
	same(c, keys(back.Rows, trackKey), want[:300])
}
