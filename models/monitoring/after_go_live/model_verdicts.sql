-- What to do about a model, month by month: five questions in the order of a diagnosis, and the first answer of no that explains the month.
with fit as (

    select * from {{ ref('month_fit') }}

),

findings as (

    select * from {{ ref('month_findings') }}

),

answers as (

    select
        fit.contact_month,
        fit.model_version,
        fit.population,
        {%- for question, since, _, _, _, _ in diagnosis() if since %}
            {{ answer_of("case when findings.question = '" ~ question ~ "' then findings.is_fine end") }} as {{ question }},
            max(case when findings.question = '{{ question }}' then findings.since_month end) as {{ since }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}

    from fit

    left join findings
        on
            fit.contact_month = findings.contact_month
            and fit.model_version = coalesce(findings.model_version, fit.model_version)

    group by fit.contact_month, fit.model_version, fit.population

),

answered as (

    select
        fit.*,
        {%- for question, since, _, _, _, _ in diagnosis() if since %}
            answers.{{ question }},
            answers.{{ since }},
        {%- endfor %}
        {%- for measure in measures_of_fit() %}
            {{ last_month_that_held(measure) }} as {{ measure }}_held_month
            {%- if not loop.last %},{% endif %}
        {%- endfor %}

    from fit

    inner join answers on {{ same_month('fit', 'answers') }}

),

final as (

    select
        contact_month,
        model_version,
        population,
        is_ripe,
        ripe_count,
        call_count,
        expected_calls,
        auc,
        auc_low,
        auc_high,
        promised_auc,
        shift,
        shift_low,
        shift_high,
        slope,
        slope_low,
        slope_high,
        sources_arrived,
        sources_since,
        people_known,
        people_since,
        contacts_worked,
        work_since,
        order_holds,
        level_holds,
        {{ diagnosed('cause') }} as cause,
        {{ diagnosed('verdict') }} as verdict

    from answered

)

select * from final
