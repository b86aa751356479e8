CREATE INDEX "plain" ON "a ""table's" USING gin (to_tsvector('simple'::regconfig, coalesce("title", '') || ' ' || coalesce("b""o'dy", '')));
(to_tsvector('simple'::regconfig, coalesce(t."title", '') || ' ' || coalesce(t."b""o'dy", '')) @@ to_tsquery('simple'::regconfig, ?::text));
ts_rank_cd(to_tsvector('simple'::regconfig, coalesce(t."title", '') || ' ' || coalesce(t."b""o'dy", '')), to_tsquery('simple'::regconfig, ?::text))::double precision;
ts_headline('simple'::regconfig, coalesce(t."title", ''), to_tsquery('simple'::regconfig, ?::text), ?::text);
ts_headline('simple'::regconfig, coalesce(t."title", ''), to_tsquery('simple'::regconfig, ?::text), ?::text);
CREATE INDEX "weighted" ON "a ""table's" USING gin ((setweight(to_tsvector('english'::regconfig, coalesce("title", '')), 'A') || setweight(to_tsvector('english'::regconfig, coalesce("b""o'dy", '')), 'D')));
((setweight(to_tsvector('english'::regconfig, coalesce(t."title", '')), 'A') || setweight(to_tsvector('english'::regconfig, coalesce(t."b""o'dy", '')), 'D')) @@ to_tsquery('english'::regconfig, ?::text));
ts_rank_cd((setweight(to_tsvector('english'::regconfig, coalesce(t."title", '')), 'A') || setweight(to_tsvector('english'::regconfig, coalesce(t."b""o'dy", '')), 'D')), to_tsquery('english'::regconfig, ?::text))::double precision;
ts_headline('english'::regconfig, coalesce(t."title", ''), to_tsquery('english'::regconfig, ?::text), ?::text);
ts_headline('english'::regconfig, coalesce(t."title", ''), to_tsquery('english'::regconfig, ?::text), ?::text);
--  (inverted: false)


-- go (inverted: false)
'go'
'go'
-- Go generics (inverted: false)
'Go' & 'generics'
'Go' & 'generics'
-- "type sets" x* (inverted: false)
'type' <-> 'sets' & 'x':*
'type' <-> 'sets' & 'x':*
-- "k b"* (inverted: false)
'k' <-> 'b':*
'k' <-> 'b':*
-- k OR b c -d (inverted: false)
'k' | 'b' & 'c' & !('d')
'k' | 'b' & 'c' & !('d')
-- -k (inverted: true)
!('k')
!('k')
-- -k -b (inverted: true)
!('k') & !('b')
!('k') & !('b')
-- -k OR b (inverted: true)
!('k') | 'b'
!('k') | 'b'
-- -k OR -b (inverted: true)
!('k') | !('b')
!('k') | !('b')
-- -k OR b OR c -d (inverted: true)
!('k') | 'b' | 'c' & !('d')
!('k') | 'b' | 'c' & !('d')
-- -k -b OR -c OR d e (inverted: true)
!('k') & !('b') | !('c') | 'd' & 'e'
!('k') & !('b') | !('c') | 'd' & 'e'
-- k -b -c (inverted: false)
'k' & !('b') & !('c')
'k' & !('b') & !('c')
-- the cat (inverted: false)
'the' & 'cat'
'the' & 'cat'
-- -the (inverted: false)
!('the')
!('the')
-- the OR the (inverted: false)
'the' | 'the'
'the' | 'the'
-- "cat in the hat" (inverted: false)
'cat' <-> 'in' <-> 'the' <-> 'hat'
'cat' <-> 'in' <-> 'the' <-> 'hat'
-- don't (inverted: false)
'don''t'
'don''t'
-- k"b\c'd (inverted: false)
'k' & 'b\\c''d'
'k' & 'b\\c''d'
-- or k or (inverted: false)
'or' & 'k' & 'or'
'or' & 'k' & 'or'
-- k or or b (inverted: false)
'k' | 'or' & 'b'
'k' | 'or' & 'b'
-- k & b (inverted: false)
'k' & 'b'
'k' & 'b'
-- --x (inverted: true)
!('x')
!('x')
-- "open (inverted: false)
'open'
'open'
-- the* (inverted: false)
'the':*
'the':*
