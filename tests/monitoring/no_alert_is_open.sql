-- Warns, and never fails a build: the published chances of the model in force do not hold. `lead-scoring health` says more.
{{ config(severity='warn') }}

select * from {{ ref('model_alerts') }} where is_in_force
