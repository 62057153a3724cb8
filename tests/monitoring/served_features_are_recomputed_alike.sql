-- Warns, and never fails a build: a lead was scored with other features than this build makes for the day of its contact. Either
-- the vendor delivered late what no archive says the day of, or the feature SQL changed. `lead-scoring audit replay` tells which.
{{ config(severity='warn') }}

select * from {{ ref('feature_skew') }} where differing_count > 0
