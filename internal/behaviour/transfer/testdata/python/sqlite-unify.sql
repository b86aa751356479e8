-- Brings the times that prom for Python wrote into the one form that sorts as time, whole seconds and days included.
-- To be run for each column of times; prom for Python reads the result.

UPDATE "blog_models_post" SET "at" = substr("at", 1, 19) || '.000000Z' WHERE "at" GLOB '????-??-??T??:??:??Z';
UPDATE "blog_models_post" SET "at" = "at" || 'T00:00:00.000000Z' WHERE "at" GLOB '????-??-??';
