-- What is wrong with a model's published chances: one row per process and direction whose evidence reached its limit.
with evidence as (

    select * from {{ ref('calibration_evidence') }}

),

scores as (

    select * from {{ ref(scoring_model()) }}

),

acknowledged as (

    select
        model_version,
        process,
        count(*) as acknowledged_count

    from {{ ref('acknowledged_alerts') }}

    where acknowledged_date <= {{ day_var('analysis_date') }}

    group by model_version, process

),

-- what was gathered since the last acknowledgement
unanswered as (

    select
        evidence.*,
        row_number() over (
            partition by evidence.model_version, evidence.process, evidence.direction order by evidence.ripe_date desc
        ) as days_back

    from evidence

    left join acknowledged
        on evidence.model_version = acknowledged.model_version and evidence.process = acknowledged.process

    where evidence.restart_count = coalesce(acknowledged.acknowledged_count, 0)

),

alarms as (

    select
        model_version,
        process,
        direction,
        min(case when log_evidence >= log_evidence_limit then ripe_date end) as since_date,
        max(log_evidence) as log_evidence,
        max(log_evidence_limit) as log_evidence_limit,
        max(case when days_back = 1 then contact_count end) as contact_count,
        max(case when days_back = 1 then call_count end) as call_count,
        max(case when days_back = 1 then expected_calls end) as expected_calls

    from unanswered

    group by model_version, process, direction

),

final as (

    select
        alarms.model_version,
        alarms.process,
        alarms.direction,
        alarms.since_date,
        alarms.log_evidence,
        -- Ville's inequality: the chance that a right model ever gathers so much, over all processes of its kind
        {{ clip('2 * exp(alarms.log_evidence_limit - ' ~ 'ln(40e0) - alarms.log_evidence)', 0, 1) }} as false_alarm_chance,
        alarms.contact_count,
        alarms.call_count,
        alarms.expected_calls,
        case alarms.process
            {%- for process, _, people in monitored_processes() %}
                when '{{ process }}' then '{{ people }}'
            {%- endfor %}
        end as people,
        case alarms.direction when 'fewer' then 'fewer calls than the scores said' else 'more calls than the scores said' end as what,
        {{ alert_remedy('alarms.process') }} as what_to_do,
        coalesce(alarms.model_version = (select max(scores.model_version) from scores), false) as is_in_force

    from alarms

    where alarms.since_date is not null

)

select * from final
