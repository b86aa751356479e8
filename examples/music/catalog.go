package main

import (
	"context"

	"github.com/prom-go/prom"
)

// Hit is a track with its place among those of its genre.
type Hit struct {
	Genre   string
	Track   string
	Revenue int64
	Place   int64
}

var (
	hit      = prom.Proto[Hit]()
	hitGenre = prom.TextOf(hit, &hit.Genre)
	hitPlace = prom.NumberOf(hit, &hit.Place)
)

// Hits returns the track of each genre that has earned most. Windows are computed behind the conditions of a query, so
// that one on the window's value belongs to a query around it: [prom.From] makes one.
func (s Shop) Hits(ctx context.Context) ([]Hit, error) {
	revenue := prom.OrValue(prom.AggregateOf(trackLines, prom.Sum(paid)), 0)
	ranked := prom.Select(s.tracks.Where(trackGenre.NotNull()), hit,
		prom.Col(&hit.Genre, prom.Via(trackGenre, genreName)),
		prom.Col(&hit.Track, trackName),
		prom.Col(&hit.Revenue, revenue),
		prom.Col(&hit.Place, prom.RowNumber(prom.PartitionBy(trackGenre).OrderBy(revenue.Desc(), trackID.Asc()))))
	return prom.From(ranked).Where(hitPlace.Eq(1)).OrderBy(hitGenre.Asc()).All(ctx)
}

// AlbumLength is an album with what its tracks come to.
type AlbumLength struct {
	ID      int64
	Title   string
	Tracks  int64
	Long    int64 // those of more than five minutes
	Seconds *int  // nil without tracks: the sum of no values is NULL
}

var albumLength = prom.Proto[AlbumLength]()

// AlbumLengths returns the albums with the most tracks. A relation is counted and summed up for each row, so albums
// without tracks are there too, which a join would lose.
func (s Shop) AlbumLengths(ctx context.Context, n int) ([]AlbumLength, error) {
	return prom.Select(s.albums.OrderBy(albumTracks.Count().Desc(), albumID.Asc()).Limit(n), albumLength,
		prom.Col(&albumLength.ID, albumID),
		prom.Col(&albumLength.Title, albumTitle),
		prom.Col(&albumLength.Tracks, albumTracks.Count()),
		prom.Col(&albumLength.Long, albumTracks.Count(trackSeconds.Gt(300))),
		prom.NullCol(&albumLength.Seconds, prom.AggregateOf(albumTracks, prom.Sum(trackSeconds))),
	).All(ctx)
}

// Shared is a playlist and how many tracks it has in common with another.
type Shared = prom.Pair[string, int64]

// Sharing returns the playlists with tracks of a playlist. The condition goes from the list to its tracks and from
// there to their lists, through the join model both times.
func (s Shop) Sharing(ctx context.Context, playlist int64) ([]Shared, error) {
	common := playlistTracks.Count(trackPlaylists.Has(playlistID.Eq(playlist)))
	return prom.Pluck2(s.playlists.Where(playlistID.Ne(playlist), common.Gt(0)).OrderBy(common.Desc(), playlistID.Asc()),
		playlistName, common).All(ctx)
}

// Quarter is one of four parts of the tracks, of as many tracks each, in the order of their lengths.
type Quarter struct {
	Number   int64
	Tracks   int64
	Shortest int
	Longest  int
}

var quarter = prom.Proto[Quarter]()

// parted is a track with the number of its part, a step on the way to quarters.
type parted struct {
	Part    int64
	Seconds int
}

var (
	partedProto   = prom.Proto[parted]()
	partedPart    = prom.NumberOf(partedProto, &partedProto.Part)
	partedSeconds = prom.NumberOf(partedProto, &partedProto.Seconds)
)

// Quarters returns the quartiles of the lengths of tracks: the longest track of the second quarter is the median.
func (s Shop) Quarters(ctx context.Context) ([]Quarter, error) {
	parts := prom.Select(s.tracks.Query(), partedProto,
		prom.Col(&partedProto.Part, prom.Ntile(4, prom.OrderWindow(trackSeconds.Asc()))),
		prom.Col(&partedProto.Seconds, trackSeconds))
	return prom.Select(prom.From(parts), quarter,
		prom.Col(&quarter.Number, partedPart),
		prom.Col(&quarter.Tracks, prom.Count(partedProto)),
		prom.Col(&quarter.Shortest, prom.Min(partedSeconds)),
		prom.Col(&quarter.Longest, prom.Max(partedSeconds)),
	).OrderBy(partedPart.Asc()).All(ctx)
}

// NeverSold returns the tracks of a genre that nobody has bought. It is a query, which callers count, page or load as
// they like.
func (s Shop) NeverSold(genre string) *prom.Query[Track] {
	return s.tracks.Where(trackGenre.Has(genreName.Eq(genre)), prom.Not(trackLines.Has())).OrderBy(trackID.Asc())
}

// NeverSoldToo is the same by a subquery in place of the relation.
func (s Shop) NeverSoldToo(genre string) *prom.Query[Track] {
	sold := prom.Pluck(s.lines.Query(), lineTrack)
	return s.tracks.Where(prom.Via(trackGenre, genreName).Eq(genre),
		prom.Not(prom.InQuery(trackID, sold))).OrderBy(trackID.Asc())
}

// Graph returns artists with all that belongs to them: their albums, of each album its longest tracks, and of these the
// genre and the playlists. Each relation is one statement, however many rows there are.
func (s Shop) Graph(ctx context.Context, n int) ([]Artist, error) {
	longest := albumTracks.OrderBy(trackSeconds.Desc()).Limit(2).With(trackGenre,
		trackPlaylists.OrderBy(playlistName.Asc()))
	return s.artists.OrderBy(artistID.Asc()).Limit(n).With(artistAlbums.OrderBy(albumTitle.Asc(),
		albumID.Asc()).With(longest)).All(ctx)
}

// Program returns the first tracks of a playlist in its own order, which the rows of the join table know.
func (s Shop) Program(ctx context.Context, playlist int64, n int) ([]Track, error) {
	list, err := s.playlists.With(playlistTracks.OrderByThrough(entryPlace.Asc()).Limit(n)).Get(ctx, playlist)
	if err != nil {
		return nil, err
	}
	return list.Tracks.Rows(), nil
}

// Longest returns a page of all tracks, the longest first: the page to which a token leads, "" for the first one.
func (s Shop) Longest(ctx context.Context, token string, size int) (prom.KeysetPage[Track], error) {
	return s.tracks.OrderBy(trackSeconds.Desc(), trackName.Asc()).KeysetPage(ctx, token, size)
}
