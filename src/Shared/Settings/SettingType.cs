namespace Sweep.Shared.Settings;

/// <summary>What a setting may be.</summary>
public abstract record SettingType
{
    private SettingType() { }

    /// <summary>What is expected, for people: <c>a number above 0</c>.</summary>
    public abstract string Expected { get; }

    /// <summary>Whether a value of the right kind lies in the setting's range.</summary>
    public abstract bool Accepts(HyperparameterValue value);

    public sealed record Number(double Min, double Max, bool AboveMin = false, bool BelowMax = false) : SettingType
    {
        public override string Expected => "a number" + (Min, Max) switch
        {
            (double.MinValue, double.MaxValue) => "",
            (_, double.MaxValue) => " " + Lower,
            _ => $" {Lower} and {(BelowMax ? "below" : "at most")} {Max}",
        };

        public override bool Accepts(HyperparameterValue value) =>
            value is HyperparameterValue.Number { Value: var number }
            && (AboveMin ? number > Min : number >= Min)
            && (BelowMax ? number < Max : number <= Max);

        private string Lower => AboveMin ? $"above {Min}" : $"of at least {Min}";
    }

    /// <param name="Word">What may stand instead of a number; null for nothing.</param>
    public sealed record Integer(long Min, long Max, string? Word = null) : SettingType
    {
        public override string Expected => (Min, Max) switch
        {
            (long.MinValue, long.MaxValue) => "a whole number of at most 64 bits",
            (_, int.MaxValue) => $"a whole number of at least {Min}",
            _ => $"a whole number from {Min} to {Max}",
        } + (Word is null ? "" : $", or {Word}");

        public override bool Accepts(HyperparameterValue value) => value switch
        {
            HyperparameterValue.Integer { Value: var number } => number >= Min && number <= Max,
            HyperparameterValue.Text { Value: var word } => word == Word,
            _ => false,
        };
    }

    public sealed record Flag : SettingType
    {
        public override string Expected => "true or false";

        public override bool Accepts(HyperparameterValue value) => value is HyperparameterValue.Flag;
    }

    /// <param name="NotBuilt">Names that are understood, but not to be had yet.</param>
    public sealed record Name(ValueArray<string> Available, ValueArray<string> NotBuilt = default) : SettingType
    {
        public override string Expected => $"one of {string.Join(", ", Available)}";

        public override bool Accepts(HyperparameterValue value) => value is HyperparameterValue.Text text && Available.Contains(text.Value);
    }

    /// <summary>Any text.</summary>
    public sealed record Text : SettingType
    {
        public override string Expected => "text";

        public override bool Accepts(HyperparameterValue value) => value is HyperparameterValue.Text;
    }

    /// <summary>Any whole numbers.</summary>
    public sealed record List : SettingType
    {
        public override string Expected => "a list of whole numbers";

        public override bool Accepts(HyperparameterValue value) => value is HyperparameterValue.Integers;
    }

    /// <param name="Max">Of each entry; the lowest is 1.</param>
    /// <param name="Ascending">Each entry is above the one before it.</param>
    public sealed record Integers(int Max, bool Ascending = false) : SettingType
    {
        public override string Expected =>
            $"a list of {(Ascending ? "ascending " : "")}whole numbers, each {(Max == int.MaxValue ? "at least 1" : $"from 1 to {Max}")}";

        public override bool Accepts(HyperparameterValue value) =>
            value is HyperparameterValue.Integers { Values: { Count: > 0 } items }
            && items.All(item => item >= 1 && item <= Max)
            && (!Ascending || Enumerable.Zip(items, items.Skip(1), (one, next) => one < next).All(ascends => ascends));
    }
}
